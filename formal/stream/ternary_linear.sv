// SPDX-License-Identifier: Apache-2.0
`include "same_stream.svh"

// The parts are connected: each beat that one gives is the beat that the next takes, the streams of a row go where
// they belong, and nothing else is between the ports. The scale of a row and that of its weights meet in one beat.
module ternary_linear_proof (
    input clk,
    input rst,
    input refused
);
`define TOP tritproof_ternary_linear
`define QUANTIZE `TOP.u_quantize
`define ENGINE `TOP.u_tlmm
`define DEQUANTIZE `TOP.u_dequantize
  wire scales_meet = `QUANTIZE.m_axis_scale_tvalid && `TOP.s_axis_weight_scale_tvalid;
  wire scales_move = `DEQUANTIZE.s_axis_scale_tvalid && `DEQUANTIZE.s_axis_scale_tready;
  always @* begin
    one_reset: assert (`QUANTIZE.rst == rst && `ENGINE.rst == rst && `DEQUANTIZE.rst == rst);
    command: assert (`SAME_STREAM(`ENGINE.s_axis_command, `TOP.s_axis_command) && `ENGINE.refused == refused);
    absmax: assert (`SAME_STREAM(`QUANTIZE.s_axis_absmax, `TOP.s_axis_absmax));
    row: assert (`SAME_PACKETS(`QUANTIZE.s_axis, `TOP.s_axis));
    activations: assert (`SAME_STREAM(`ENGINE.s_axis_activation, `QUANTIZE.m_axis));
    weights: assert (`SAME_STREAM(`ENGINE.s_axis_weight, `TOP.s_axis_weight));
    sums: assert (`SAME_PACKETS(`DEQUANTIZE.s_axis, `ENGINE.m_axis));
    scale: assert (`DEQUANTIZE.s_axis_scale_tdata == {`TOP.s_axis_weight_scale_tdata, `QUANTIZE.m_axis_scale_tdata});
    scales_wait: assert (`DEQUANTIZE.s_axis_scale_tvalid == scales_meet);
    row_scale_moves:
    assert ((`QUANTIZE.m_axis_scale_tvalid && `QUANTIZE.m_axis_scale_tready) == scales_move);
    weight_scale_moves:
    assert ((`TOP.s_axis_weight_scale_tvalid && `TOP.s_axis_weight_scale_tready) == scales_move);
    result: assert (`SAME_PACKETS(`DEQUANTIZE.m_axis, `TOP.m_axis));
    cover_refused: cover (refused);
    cover_scales: cover (scales_move);
    cover_result: cover (`TOP.m_axis_tvalid && `TOP.m_axis_tready && `TOP.m_axis_tlast);
  end
endmodule

bind tritproof_ternary_linear ternary_linear_proof proof (.*);
