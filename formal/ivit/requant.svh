// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "moves_together.svh"
// What the requantisations share: their ports, that their streams move through one pipeline of four registers, and
// that each lane is given its integer and its dyadic number.
`define OPERAND_PORTS(stream) \
    input [32*`LANES-1:0] s_axis``stream``_tdata, \
    input s_axis``stream``_tvalid, \
    input s_axis``stream``_tready, \
    input [`SCALE_WIDTH*`LANES-1:0] s_axis``stream``_scale_tdata, \
    input s_axis``stream``_scale_tvalid, \
    input s_axis``stream``_scale_tready
`define RESULT_PORTS \
    input s_axis_tlast, \
    input [`LANE_WIDTH*`LANES-1:0] m_axis_tdata, \
    input m_axis_tvalid, \
    input m_axis_tready, \
    input m_axis_tlast, \
    input advance, \
    input [STAGES-1:0] valid, \
    input [STAGES-1:0] lasts
`define REQUANT_MOVES(all_offered) \
  wire pick;  /* free */ \
  moves_together #( \
      .STAGES(STAGES) \
  ) moves ( \
      .offered(all_offered), .taken(s_axis_tready), .last(s_axis_tlast), \
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*); \
  offered_beats #( \
      .WIDTH(`LANE_WIDTH * `LANES) \
  ) results ( \
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*); \
  reg begun; \
  initial begun = 0; \
  always @(posedge clk) if (advance) begun <= 1;
`define RESCALED(label, part, stream, i) \
    label: assert (part.enable == advance && part.value == $signed(s_axis``stream``_tdata[32*i+:32]) \
        && part.mantissa == s_axis``stream``_scale_tdata[`SCALE_WIDTH*i+:32] \
        && part.shift == s_axis``stream``_scale_tdata[`SCALE_WIDTH*i+32+:6]);
