// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// A legal command begins all four walks in one cycle, each over all tokens and heads and with its own number of
// steps; any other begins none. The walk from tile to tile commands the engine, one key more than the tile's
// first token, the multiplier that came for it in every row; the other walks and the engine's streams are the
// ports.
module attention_prefill_proof (
    input clk,
    input rst,
    input [15:0] tokens,
    input [`HEAD_WIDTH-1:0] request_head,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [`FETCH_WIDTH-1:0] query_fetch,
    input m_axis_query_fetch_tvalid,
    input m_axis_query_fetch_tready,
    input m_axis_query_fetch_tlast,
    input [`FETCH_WIDTH-1:0] key_fetch,
    input m_axis_key_fetch_tvalid,
    input m_axis_key_fetch_tready,
    input m_axis_key_fetch_tlast,
    input [`FETCH_WIDTH-1:0] value_fetch,
    input m_axis_value_fetch_tvalid,
    input m_axis_value_fetch_tready,
    input m_axis_value_fetch_tlast,
    input [`MULTIPLIER_WIDTH-1:0] multiplier,
    input s_axis_multiplier_tvalid,
    input s_axis_multiplier_tready,
    input [`BEAT_WIDTH-1:0] s_axis_query_tdata,
    input s_axis_query_tvalid,
    input s_axis_query_tready,
    input [`BEAT_WIDTH-1:0] s_axis_key_tdata,
    input s_axis_key_tvalid,
    input s_axis_key_tready,
    input [`BEAT_WIDTH-1:0] s_axis_value_tdata,
    input s_axis_value_tvalid,
    input s_axis_value_tready,
    input [`ROWS*`LANE_WIDTH-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input [`ROWS*`LANE_WIDTH/8-1:0] m_axis_tkeep,
    input refused
);
`define TILES tritproof_attention_prefill.u_tile_walk
`define QUERIES tritproof_attention_prefill.u_query_walk
`define KEYS tritproof_attention_prefill.u_key_walk
`define VALUES tritproof_attention_prefill.u_value_walk
`define ENGINE tritproof_attention_prefill.u_engine
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire legal = tokens >= 1 && tokens <= `DEPTH;
  wire [15:0] last_token = tokens - 1;
  wire accepted = s_axis_command_tvalid && s_axis_command_tready;
  reg must_refuse;
  always @(posedge clk) must_refuse <= !rst && accepted && !legal;

  wire [22+`HEAD_WIDTH:0] tiles = `TILES.s_axis_tdata, queries = `QUERIES.s_axis_tdata;
  wire [22+`HEAD_WIDTH:0] keys = `KEYS.s_axis_tdata, values = `VALUES.s_axis_tdata;
  wire [15:0] tile_token = `TILES.m_axis_tdata[15:0];
  wire [63:0] wide_token = tile_token, count = `ENGINE.s_axis_command_tdata[15:0];
  wire both = `TILES.m_axis_tvalid && s_axis_multiplier_tvalid;
  always @* begin
    one_reset: assert (`TILES.rst == rst && `QUERIES.rst == rst && `KEYS.rst == rst && `VALUES.rst == rst
        && `ENGINE.rst == rst);
    together: assert (`TILES.s_axis_tvalid == (accepted && legal)
        && `QUERIES.s_axis_tvalid == (accepted && legal)
        && `KEYS.s_axis_tvalid == (accepted && legal) && `VALUES.s_axis_tvalid == (accepted && legal));
    all_can: assert (s_axis_command_tready == (`TILES.s_axis_tready && `QUERIES.s_axis_tready
        && `KEYS.s_axis_tready && `VALUES.s_axis_tready));
    if (accepted && legal) begin
      each_tile: assert (tiles == {request_head, 7'd1, last_token});
      each_query: assert (queries == {request_head, 7'(`ROWS), last_token});
      each_key: assert (keys == {request_head, 7'd0, last_token});
      each_value: assert (values == {request_head, 7'd0, last_token});
    end
    if (live) says_refused: assert (refused == must_refuse);
    query_fetches: assert (`QUERIES.m_axis_tdata[`FETCH_WIDTH-1:0] == query_fetch
        && `QUERIES.m_axis_tvalid == m_axis_query_fetch_tvalid
        && `QUERIES.m_axis_tready == m_axis_query_fetch_tready
        && `QUERIES.m_axis_tlast == m_axis_query_fetch_tlast);
    key_fetches: assert (`KEYS.m_axis_tdata[`FETCH_WIDTH-1:0] == key_fetch
        && `KEYS.m_axis_tvalid == m_axis_key_fetch_tvalid && `KEYS.m_axis_tready == m_axis_key_fetch_tready
        && `KEYS.m_axis_tlast == m_axis_key_fetch_tlast);
    value_fetches: assert (`VALUES.m_axis_tdata[`FETCH_WIDTH-1:0] == value_fetch
        && `VALUES.m_axis_tvalid == m_axis_value_fetch_tvalid
        && `VALUES.m_axis_tready == m_axis_value_fetch_tready
        && `VALUES.m_axis_tlast == m_axis_value_fetch_tlast);
    commands: assert (`ENGINE.s_axis_command_tvalid == both);
    tile_goes_with_command: assert ((`TILES.m_axis_tvalid && `TILES.m_axis_tready)
        == (both && `ENGINE.s_axis_command_tready));
    multiplier_goes_with_command: assert ((s_axis_multiplier_tvalid && s_axis_multiplier_tready)
        == (both && `ENGINE.s_axis_command_tready));
    if (wide_token < `DEPTH) keys_of_a_tile: assert (count == wide_token + 1);
    query: assert (`ENGINE.s_axis_query_tdata == s_axis_query_tdata
        && `ENGINE.s_axis_query_tvalid == s_axis_query_tvalid
        && `ENGINE.s_axis_query_tready == s_axis_query_tready);
    key: assert (`ENGINE.s_axis_key_tdata == s_axis_key_tdata
        && `ENGINE.s_axis_key_tvalid == s_axis_key_tvalid && `ENGINE.s_axis_key_tready == s_axis_key_tready);
    value: assert (`ENGINE.s_axis_value_tdata == s_axis_value_tdata
        && `ENGINE.s_axis_value_tvalid == s_axis_value_tvalid
        && `ENGINE.s_axis_value_tready == s_axis_value_tready);
    result: assert (`ENGINE.m_axis_tdata == m_axis_tdata && `ENGINE.m_axis_tvalid == m_axis_tvalid
        && `ENGINE.m_axis_tready == m_axis_tready && `ENGINE.m_axis_tlast == m_axis_tlast
        && `ENGINE.m_axis_tkeep == m_axis_tkeep);
    cover_refused: cover (live && refused);
    cover_longest: cover (accepted && tokens == `DEPTH);
  end
  genvar r;
  generate
    for (r = 0; r < `ROWS; r = r + 1) begin : row
      always @*
        own_multiplier: assert (`ENGINE.s_axis_command_tdata[16+r*`MULTIPLIER_WIDTH+:`MULTIPLIER_WIDTH]
            == multiplier);
    end
  endgenerate

`ifdef SMALL
  // The walks with their bodies, the engine without: of the first prompt, the tiles and keys that are asked for.
  reg [15:0] prompt, last_head, first, head, step, key_first, key_head, steps_due, steps_done;
  reg begun, done, second;  // `second`: another prompt was taken, whose steps are not counted here
  initial {begun, done, second, steps_done, steps_due} = 0;
  wire command = `ENGINE.s_axis_command_tvalid && `ENGINE.s_axis_command_tready;
  wire fetch = m_axis_key_fetch_tvalid && m_axis_key_fetch_tready;
  always @(posedge clk)
    if (rst) {begun, done, second, steps_done, steps_due} <= 0;
    else begin
      second <= second || begun && accepted && legal;
      if (accepted && legal && !begun) begin
        begun <= 1;
        prompt <= tokens;
        first <= tokens;
        key_first <= last_token;
        last_head <= request_head;
        {head, key_head, step} <= 0;
      end
      if (command && !done) begin
        steps_due <= steps_due + first;
        head <= head == last_head ? 0 : head + 1;
        if (head == last_head) first <= first - `ROWS;
        done <= head == last_head && first <= `ROWS;
      end
      if (fetch) begin
        steps_done <= steps_done + 1;
        step <= key_first == step ? 0 : step + 1;
        if (key_first == step) begin
          key_head <= key_head == last_head ? 0 : key_head + 1;
          if (key_head == last_head) key_first <= key_first - `ROWS;
        end
      end
    end
  always @*
    if (live && begun && !second) begin
      if (command && !done) n_of_a_tile: assert (count == first);
      if (fetch) reversed: assert (key_fetch == {key_head[`HEAD_WIDTH-1:0], 16'(key_first - step)} && step <= key_first);
      if (done && !m_axis_key_fetch_tvalid) no_masked_step: assert (steps_done == steps_due);
      cover_all: cover (done && !m_axis_key_fetch_tvalid && prompt == `ROWS + 1 && last_head == 1);
    end
`endif
endmodule

bind tritproof_attention_prefill attention_prefill_proof proof (
    .tokens(s_axis_command_tdata[15:0]),
    .request_head(s_axis_command_tdata[16+:`HEAD_WIDTH]),
    .multiplier(s_axis_multiplier_tdata[`MULTIPLIER_WIDTH-1:0]),
    .query_fetch(m_axis_query_fetch_tdata[`FETCH_WIDTH-1:0]),
    .key_fetch(m_axis_key_fetch_tdata[`FETCH_WIDTH-1:0]),
    .value_fetch(m_axis_value_fetch_tdata[`FETCH_WIDTH-1:0]),
    .*
);
