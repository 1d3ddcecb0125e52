// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "same_stream.svh"

// The parts are connected: each beat that one gives is the beat that the next takes, the request's streams go
// where they belong, and nothing else is between the ports.
module attention_decode_proof (
    input clk,
    input rst,
    input refused
);
`define TOP tritproof_attention_decode
`define SCORES `TOP.u_scores
`define BUFFER `TOP.u_buffer
`define VALUES `TOP.u_values
  always @* begin
    one_reset: assert (`SCORES.rst == rst && `BUFFER.rst == rst && `VALUES.rst == rst);
    command: assert (`SAME_STREAM(`SCORES.s_axis_command, `TOP.s_axis_command) && `SCORES.refused == refused);
    query: assert (`SAME_STREAM(`SCORES.s_axis_query, `TOP.s_axis_query));
    key: assert (`SAME_STREAM(`SCORES.s_axis_key, `TOP.s_axis_key));
    scores: assert (`SAME_PACKETS(`BUFFER.s_axis, `SCORES.m_axis));
    distances: assert (`SAME_PACKETS(`VALUES.s_axis_weight, `BUFFER.m_axis));
    value: assert (`SAME_STREAM(`VALUES.s_axis_value, `TOP.s_axis_value));
    result: assert (`SAME_PACKETS(`VALUES.m_axis, `TOP.m_axis) && `VALUES.m_axis_tkeep == `TOP.m_axis_tkeep);
    cover_refused: cover (refused);
    cover_result: cover (`TOP.m_axis_tvalid && `TOP.m_axis_tready && `TOP.m_axis_tlast);
  end

`ifdef SMALL
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);
`include "single_key.svh"
`endif
endmodule

bind tritproof_attention_decode attention_decode_proof proof (.*);
