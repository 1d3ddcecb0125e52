// SPDX-License-Identifier: Apache-2.0
`include "elementwise.svh"

// Each lane's adder is given that lane of both streams and delivers that lane of the result, 5 registers later.
module residual_add_proof #(
    parameter STAGES = 5
) (
    `ELEMENTWISE_PORTS(residual)
);
  `ELEMENTWISE_MOVES(residual)

`define ADD(i) tritproof_residual_add.u_add_``i
`define LANE(i) \
  always @* begin : lane_``i \
    adds: assert (`ADD(i).enable == advance && `ADD(i).a == s_axis_tdata[16*i+:16] \
        && `ADD(i).b == s_axis_residual_tdata[16*i+:16]); \
    delivers: assert (m_axis_tdata[16*i+:16] == `ADD(i).result); \
  end
  `EACH_LANE
endmodule

bind tritproof_residual_add residual_add_proof proof (.*);
