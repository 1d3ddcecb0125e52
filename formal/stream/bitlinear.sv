// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "same_stream.svh"
`ifdef MODULE_RESIDUAL_ADD
`define SECOND(port) s_axis_residual_``port
`elsif MODULE_ROPE
`define SECOND(port) s_axis_rotation_``port
`else
`define SECOND(port) s_axis_up_``port
`endif

// The layer and the operation are connected: the numbers of one are the first stream of the other.
module bitlinear_proof (
    input clk,
    input rst,
    input refused
);
`define TOP tritproof_bitlinear
`define LINEAR `TOP.u_linear
`define OPERATION `TOP.u_operation
  always @* begin
    one_reset: assert (`LINEAR.rst == rst && `OPERATION.rst == rst);
    command: assert (`SAME_STREAM(`LINEAR.s_axis_command, `TOP.s_axis_command) && `LINEAR.refused == refused);
    absmax: assert (`SAME_STREAM(`LINEAR.s_axis_absmax, `TOP.s_axis_absmax));
    row: assert (`SAME_PACKETS(`LINEAR.s_axis, `TOP.s_axis));
    weight_scale: assert (`SAME_STREAM(`LINEAR.s_axis_weight_scale, `TOP.s_axis_weight_scale));
    weights: assert (`SAME_STREAM(`LINEAR.s_axis_weight, `TOP.s_axis_weight));
    numbers: assert (`SAME_PACKETS(`OPERATION.s_axis, `LINEAR.m_axis));
    second: assert (`OPERATION.`SECOND(tdata) == `TOP.s_axis_second_tdata
        && `OPERATION.`SECOND(tvalid) == `TOP.s_axis_second_tvalid
        && `OPERATION.`SECOND(tready) == `TOP.s_axis_second_tready);
    result: assert (`SAME_PACKETS(`OPERATION.m_axis, `TOP.m_axis));
    cover_refused: cover (refused);
    cover_result: cover (`TOP.m_axis_tvalid && `TOP.m_axis_tready && `TOP.m_axis_tlast);
  end
endmodule

bind tritproof_bitlinear bitlinear_proof proof (.*);
