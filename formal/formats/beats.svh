// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "moves_in_step.svh"
// What the streams of weights share: their ports, that beats move through one pipeline of STAGES registers, whose
// results stay while they wait, and that `error` rises with the first beat offered of which the specification finds
// a word `illegal`, one register before its end, and stays. `age` counts moves, to know what registers hold.
`define BEAT_PORTS \
    input clk, \
    input rst, \
    input [`IN_WIDTH-1:0] s_axis_tdata, \
    input s_axis_tvalid, \
    input s_axis_tready, \
    input s_axis_tlast, \
    input [`OUT_WIDTH-1:0] m_axis_tdata, \
    input m_axis_tvalid, \
    input m_axis_tready, \
    input m_axis_tlast, \
    input error, \
    input advance, \
    input [STAGES-1:0] valid, \
    input [STAGES-1:0] lasts
`define BEATS_MOVE(parts) \
  moves_in_step #( \
      .STAGES(STAGES) \
  ) moves ( \
      .offered(s_axis_tvalid), .taken(s_axis_tready), .last(s_axis_tlast), \
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*); \
  offered_beats #( \
      .WIDTH(`OUT_WIDTH) \
  ) results ( \
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*); \
  wire [parts-1:0] illegal; \
  reg raised; \
  always @(posedge clk) \
    if (rst) raised <= 0; \
    else if (advance && moves.came[STAGES-2] && illegal != 0) raised <= 1; \
  always @* \
    if (moves.live) begin \
      rises_with_its_beat: assert (error == raised); \
      cover_error: cover (error && m_axis_tvalid && valid[0]); \
      cover_none: cover (!error && m_axis_tvalid && m_axis_tready); \
    end
`define BEATS_AGE \
  reg [1:0] age;  /* up to 3 */ \
  initial age = 0; \
  always @(posedge clk) if (advance && age != 3) age <= age + 1; \
  always @* \
    if (moves.live) begin \
      if (moves.came[0]) one_move: assert (age >= 1); \
      if (moves.came[1]) two_moves: assert (age >= 2); \
      if (moves.came[2]) three_moves: assert (age == 3); \
    end
