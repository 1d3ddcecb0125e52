// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"

// Each lane: SiLU of the gate, 7 registers; times the other stream's number of the same beat, 4 registers.
module silu_gate_proof #(
    parameter STAGES = 11
) (
    input clk,
    input rst,
    input [16*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [16*`LANES-1:0] s_axis_up_tdata,
    input s_axis_up_tvalid,
    input s_axis_up_tready,
    input [16*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts,
    input [16*`LANES*7-1:0] ups
);
  wire pick;  // free
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && s_axis_up_tvalid), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  always @* taken_together: assert (s_axis_tready == s_axis_up_tready);
  offered_beats #(
      .WIDTH(16 * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);

`define SILU(i) tritproof_silu_gate.u_silu_``i
`define MUL(i) tritproof_silu_gate.u_mul_``i
  reg [2:0] age;  // advances, up to 7
  reg [16*`LANES-1:0] up [0:6];
  initial age = 0;
  always @(posedge clk)
    if (advance) begin
      age <= age == 7 ? 7 : age + 1;
      up[0] <= s_axis_up_tdata;
      for (integer i = 1; i < 7; i = i + 1) up[i] <= up[i-1];
    end
  generate
    for (genvar k = 0; k < 7; k = k + 1) begin : way
      always @* if (age > k) kept: assert (ups[16*`LANES*k+:16*`LANES] == up[k]);
    end
  endgenerate
`define LANE(i) \
  always @* begin : lane_``i \
    activates: assert (`SILU(i).enable == advance && `SILU(i).a == s_axis_tdata[16*i+:16]); \
    multiplies: assert (`MUL(i).enable == advance && `MUL(i).a == `SILU(i).result); \
    if (age == 7) same_beat: assert (`MUL(i).b == up[6][16*i+:16]); \
    delivers: assert (m_axis_tdata[16*i+:16] == `MUL(i).result); \
  end
  `EACH_LANE
endmodule

bind tritproof_silu_gate silu_gate_proof proof (.*);
