// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "same_stream.svh"

// A legal command begins all four walks in one cycle, each over all tokens and heads and with its own number of
// steps; any other begins none. The walk from tile to tile commands the engine, one key more than the tile's
// first token, the multiplier that came for it in every row; the other walks and the engine's streams are the
// ports.
module attention_prefill_proof (
    input clk,
    input rst,
    input refused
);
`define TOP tritproof_attention_prefill
`define TILES `TOP.u_tile_walk
`define QUERIES `TOP.u_query_walk
`define KEYS `TOP.u_key_walk
`define VALUES `TOP.u_value_walk
`define ENGINE `TOP.u_engine
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire [15:0] tokens = `TOP.s_axis_command_tdata[15:0];
  wire [`HEAD_WIDTH-1:0] request_head = `TOP.s_axis_command_tdata[16+:`HEAD_WIDTH];
  wire [`MULTIPLIER_WIDTH-1:0] multiplier = `TOP.s_axis_multiplier_tdata[`MULTIPLIER_WIDTH-1:0];
  wire legal = tokens >= 1 && tokens <= `DEPTH;
  wire [15:0] last_token = tokens - 1;
  wire accepted = `TOP.s_axis_command_tvalid && `TOP.s_axis_command_tready;
  reg must_refuse;
  always @(posedge clk) must_refuse <= !rst && accepted && !legal;

  wire [22+`HEAD_WIDTH:0] tiles = `TILES.s_axis_tdata, queries = `QUERIES.s_axis_tdata;
  wire [22+`HEAD_WIDTH:0] keys = `KEYS.s_axis_tdata, values = `VALUES.s_axis_tdata;
  wire [15:0] tile_token = `TILES.m_axis_tdata[15:0];
  wire [63:0] wide_token = tile_token, count = `ENGINE.s_axis_command_tdata[15:0];
  wire both = `TILES.m_axis_tvalid && `TOP.s_axis_multiplier_tvalid;
  always @* begin
    one_reset: assert (`TILES.rst == rst && `QUERIES.rst == rst && `KEYS.rst == rst && `VALUES.rst == rst
        && `ENGINE.rst == rst);
    together: assert (`TILES.s_axis_tvalid == (accepted && legal)
        && `QUERIES.s_axis_tvalid == (accepted && legal)
        && `KEYS.s_axis_tvalid == (accepted && legal) && `VALUES.s_axis_tvalid == (accepted && legal));
    all_can: assert (`TOP.s_axis_command_tready == (`TILES.s_axis_tready && `QUERIES.s_axis_tready
        && `KEYS.s_axis_tready && `VALUES.s_axis_tready));
    if (accepted && legal) begin
      each_tile: assert (tiles == {request_head, 7'd1, last_token});
      each_query: assert (queries == {request_head, 7'(`ROWS), last_token});
      each_key: assert (keys == {request_head, 7'd0, last_token});
      each_value: assert (values == {request_head, 7'd0, last_token});
    end
    if (live) says_refused: assert (refused == must_refuse);
    query_fetches: assert (`SAME_PACKETS(`QUERIES.m_axis, `TOP.m_axis_query_fetch));
    key_fetches: assert (`SAME_PACKETS(`KEYS.m_axis, `TOP.m_axis_key_fetch));
    value_fetches: assert (`SAME_PACKETS(`VALUES.m_axis, `TOP.m_axis_value_fetch));
    commands: assert (`ENGINE.s_axis_command_tvalid == both);
    tile_goes_with_command: assert ((`TILES.m_axis_tvalid && `TILES.m_axis_tready)
        == (both && `ENGINE.s_axis_command_tready));
    multiplier_goes_with_command: assert ((`TOP.s_axis_multiplier_tvalid && `TOP.s_axis_multiplier_tready)
        == (both && `ENGINE.s_axis_command_tready));
    if (wide_token < `DEPTH) keys_of_a_tile: assert (count == wide_token + 1);
    query: assert (`SAME_STREAM(`ENGINE.s_axis_query, `TOP.s_axis_query));
    key: assert (`SAME_STREAM(`ENGINE.s_axis_key, `TOP.s_axis_key));
    value: assert (`SAME_STREAM(`ENGINE.s_axis_value, `TOP.s_axis_value));
    result: assert (`SAME_PACKETS(`ENGINE.m_axis, `TOP.m_axis) && `ENGINE.m_axis_tkeep == `TOP.m_axis_tkeep);
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
  wire fetch = `TOP.m_axis_key_fetch_tvalid && `TOP.m_axis_key_fetch_tready;
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
      if (fetch) reversed: assert (`TOP.m_axis_key_fetch_tdata[`FETCH_WIDTH-1:0] == {key_head[`HEAD_WIDTH-1:0], 16'(key_first - step)} && step <= key_first);
      if (done && !`TOP.m_axis_key_fetch_tvalid) no_masked_step: assert (steps_done == steps_due);
      cover_all: cover (done && !`TOP.m_axis_key_fetch_tvalid && prompt == `ROWS + 1 && last_head == 1);
    end
`endif
endmodule

bind tritproof_attention_prefill attention_prefill_proof proof (.*);
