// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"

// Each pair of lanes: four products of an element with cosine or sine, 4 registers; the difference and the sum
// of two, 5 registers.
module rope_proof #(
    parameter STAGES = 9
) (
    input clk,
    input rst,
    input [16*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [16*`LANES-1:0] s_axis_rotation_tdata,
    input s_axis_rotation_tvalid,
    input s_axis_rotation_tready,
    input [16*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
  wire pick;  // free
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && s_axis_rotation_tvalid), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  always @* taken_together: assert (s_axis_tready == s_axis_rotation_tready);
  offered_beats #(
      .WIDTH(16 * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);

`define PART(name, i) tritproof_rope.u_``name``_``i
`define PRODUCT(name, i, first, second) \
    name``_given: assert (`PART(name, i).enable == advance && `PART(name, i).a == first && `PART(name, i).b == second);
`define TOTAL(name, i, first, second, lane) \
    name``_given: assert (`PART(name, i).enable == advance && `PART(name, i).a == first && `PART(name, i).b == second); \
    name``_delivered: assert (`PART(name, i).result == m_axis_tdata[16*(lane)+:16]);
`define X(lane) s_axis_tdata[16*(lane)+:16]
`define ANGLE(lane) s_axis_rotation_tdata[16*(lane)+:16]
  function automatic [15:0] minus(input [15:0] code);
    minus = {!code[15], code[14:0]};
  endfunction
`define PAIR(i) \
  always @* begin : pair_``i \
    `PRODUCT(first_cosine, i, `X(2*i), `ANGLE(2*i)) \
    `PRODUCT(second_sine, i, `X(2*i+1), `ANGLE(2*i+1)) \
    `PRODUCT(first_sine, i, `X(2*i), `ANGLE(2*i+1)) \
    `PRODUCT(second_cosine, i, `X(2*i+1), `ANGLE(2*i)) \
    `TOTAL(difference, i, `PART(first_cosine, i).result, minus(`PART(second_sine, i).result), 2*i) \
    `TOTAL(sum, i, `PART(first_sine, i).result, `PART(second_cosine, i).result, 2*i+1) \
  end
  `EACH_PAIR
endmodule

bind tritproof_rope rope_proof proof (.*);
