// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"
// What the blocks share that make one stream of two, `s_axis` and another: their ports, and that both move
// through one pipeline of STAGES registers, whose results stay while they wait.
`define ELEMENTWISE_PORTS(second) \
    input clk, \
    input rst, \
    input [16*`LANES-1:0] s_axis_tdata, \
    input s_axis_tvalid, \
    input s_axis_tready, \
    input s_axis_tlast, \
    input [16*`LANES-1:0] s_axis_``second``_tdata, \
    input s_axis_``second``_tvalid, \
    input s_axis_``second``_tready, \
    input [16*`LANES-1:0] m_axis_tdata, \
    input m_axis_tvalid, \
    input m_axis_tready, \
    input m_axis_tlast, \
    input advance, \
    input [STAGES-1:0] valid, \
    input [STAGES-1:0] lasts
`define ELEMENTWISE_MOVES(second) \
  wire pick;  /* free */ \
  moves_together #( \
      .STAGES(STAGES) \
  ) moves ( \
      .offered(s_axis_tvalid && s_axis_``second``_tvalid), .taken(s_axis_tready), .last(s_axis_tlast), \
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*); \
  always @* taken_together: assert (s_axis_tready == s_axis_``second``_tready); \
  offered_beats #( \
      .WIDTH(16 * `LANES) \
  ) results ( \
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);
// The other stream's beats, K advances before they are used: `ups` holds them, the newest lowest.
`define DELAYED(second, K) \
  reg [2:0] age;  /* advances, up to K */ \
  reg [16*`LANES-1:0] up [0:K-1]; \
  initial age = 0; \
  always @(posedge clk) \
    if (advance) begin \
      age <= age == K ? K : age + 1; \
      up[0] <= s_axis_``second``_tdata; \
      for (integer i = 1; i < K; i = i + 1) up[i] <= up[i-1]; \
    end \
  generate \
    for (genvar k = 0; k < K; k = k + 1) begin : way \
      always @* if (age > k) kept: assert (ups[16*`LANES*k+:16*`LANES] == up[k]); \
    end \
  endgenerate
