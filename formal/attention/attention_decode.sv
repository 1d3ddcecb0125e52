// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// The parts are connected: each beat that one gives is the beat that the next takes, the request's streams go
// where they belong, and nothing else is between the ports.
module attention_decode_proof (
    input clk,
    input rst,
    input [15+`ROWS*`MULTIPLIER_WIDTH:0] command_beat,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
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
`define SCORES tritproof_attention_decode.u_scores
`define BUFFER tritproof_attention_decode.u_buffer
`define VALUES tritproof_attention_decode.u_values
  always @* begin
    one_reset: assert (`SCORES.rst == rst && `BUFFER.rst == rst && `VALUES.rst == rst);
    command: assert (`SCORES.s_axis_command_tdata[15+`ROWS*`MULTIPLIER_WIDTH:0] == command_beat
        && `SCORES.s_axis_command_tvalid == s_axis_command_tvalid
        && `SCORES.s_axis_command_tready == s_axis_command_tready && `SCORES.refused == refused);
    query: assert (`SCORES.s_axis_query_tdata == s_axis_query_tdata
        && `SCORES.s_axis_query_tvalid == s_axis_query_tvalid
        && `SCORES.s_axis_query_tready == s_axis_query_tready);
    key: assert (`SCORES.s_axis_key_tdata == s_axis_key_tdata
        && `SCORES.s_axis_key_tvalid == s_axis_key_tvalid && `SCORES.s_axis_key_tready == s_axis_key_tready);
    scores: assert (`BUFFER.s_axis_tdata == `SCORES.m_axis_tdata && `BUFFER.s_axis_tlast == `SCORES.m_axis_tlast
        && `BUFFER.s_axis_tvalid == `SCORES.m_axis_tvalid && `BUFFER.s_axis_tready == `SCORES.m_axis_tready);
    distances: assert (`VALUES.s_axis_distance_tdata == `BUFFER.m_axis_tdata
        && `VALUES.s_axis_distance_tlast == `BUFFER.m_axis_tlast
        && `VALUES.s_axis_distance_tvalid == `BUFFER.m_axis_tvalid
        && `VALUES.s_axis_distance_tready == `BUFFER.m_axis_tready);
    value: assert (`VALUES.s_axis_value_tdata == s_axis_value_tdata
        && `VALUES.s_axis_value_tvalid == s_axis_value_tvalid
        && `VALUES.s_axis_value_tready == s_axis_value_tready);
    result: assert (`VALUES.m_axis_tdata == m_axis_tdata && `VALUES.m_axis_tvalid == m_axis_tvalid
        && `VALUES.m_axis_tready == m_axis_tready && `VALUES.m_axis_tlast == m_axis_tlast
        && `VALUES.m_axis_tkeep == m_axis_tkeep);
    cover_refused: cover (refused);
    cover_result: cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
  end

`ifdef SMALL
  // The composition, from reset, along one run with all data free: a request of one key gives its value.
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);
  (* keep *) wire guided = rst == !live && s_axis_command_tvalid && s_axis_query_tvalid && s_axis_key_tvalid
      && s_axis_value_tvalid && m_axis_tready && command_beat[15:0] == 1;
  reg taken, delivered;
  reg signed [7:0] element;
  always @(posedge clk)
    if (rst) {taken, delivered} <= 0;
    else begin
      if (s_axis_value_tvalid && s_axis_value_tready && !taken) {taken, element} <= {1'b1, s_axis_value_tdata[7:0]};
      if (m_axis_tvalid && m_axis_tready) delivered <= 1;
    end
  wire signed [`LANE_WIDTH-1:0] first = m_axis_tdata[`LANE_WIDTH-1:0];
  wire signed [63:0] wide_first = first, wide_element = element;
  always @*
    if (live && m_axis_tvalid && !delivered) own_value: assert (taken && wide_first == wide_element <<< `RESULT_FRAC);
`endif
endmodule

bind tritproof_attention_decode attention_decode_proof proof (
    .command_beat(s_axis_command_tdata[15+`ROWS*`MULTIPLIER_WIDTH:0]),
    .*
);
