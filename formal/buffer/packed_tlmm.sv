// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "same_stream.svh"

// The parts are connected: the first trits of each beat of units become the words of a beat of the buffer, and what
// the buffer gives out is what the engine reads. Nothing else is between the ports.
module packed_tlmm_proof (
    input clk,
    input rst,
    input error,
    input refused_matrix,
    input refused
);
`define TOP tritproof_packed_tlmm
`define UNPACK `TOP.u_unpack
`define TRANSCODE `TOP.u_transcode
`define BUFFER `TOP.u_weight_buffer
`define ENGINE `TOP.u_tlmm
  localparam USED = 2 * `WORDS * `T * `G;

  wire some_reset = `UNPACK.rst || `TRANSCODE.rst || `BUFFER.rst || `ENGINE.rst;
  wire all_reset = `UNPACK.rst && `TRANSCODE.rst && `BUFFER.rst && `ENGINE.rst;
  always @* begin
    one_reset: assert (some_reset == rst && all_reset == rst);
    matrix: assert (`SAME_STREAM(`BUFFER.s_axis_command, `TOP.s_axis_matrix) && `BUFFER.refused == refused_matrix);
    units: assert (`SAME_STREAM(`UNPACK.s_axis, `TOP.s_axis));
    trits: assert (`TRANSCODE.s_axis_tdata[USED-1:0] == `UNPACK.m_axis_tdata[USED-1:0]);
    trits_move:
    assert (`TRANSCODE.s_axis_tvalid == `UNPACK.m_axis_tvalid && `TRANSCODE.s_axis_tready == `UNPACK.m_axis_tready);
    words: assert (`SAME_STREAM(`BUFFER.s_axis, `TRANSCODE.m_axis));
    weights: assert (`SAME_STREAM(`ENGINE.s_axis_weight, `BUFFER.m_axis));
    command: assert (`SAME_STREAM(`ENGINE.s_axis_command, `TOP.s_axis_command) && `ENGINE.refused == refused);
    activations: assert (`SAME_STREAM(`ENGINE.s_axis_activation, `TOP.s_axis_activation));
    result: assert (`SAME_PACKETS(`ENGINE.m_axis, `TOP.m_axis) && `ENGINE.m_axis_tkeep == `TOP.m_axis_tkeep);
    illegal: assert (error == (`UNPACK.error || `TRANSCODE.error));
    cover_units: cover (`TOP.s_axis_tvalid && `TOP.s_axis_tready);
    cover_refused: cover (refused && refused_matrix);
    cover_error: cover (error && !rst);
    cover_result: cover (`TOP.m_axis_tvalid && `TOP.m_axis_tready && `TOP.m_axis_tlast);
  end
endmodule

bind tritproof_packed_tlmm packed_tlmm_proof proof (.*);
