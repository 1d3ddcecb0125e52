// SPDX-License-Identifier: Apache-2.0
`include "elementwise.svh"

// Each pair of lanes: four products of an element with cosine or sine, 4 registers; the difference and the sum
// of two, 5 registers.
module rope_proof #(
    parameter STAGES = 9
) (
    `ELEMENTWISE_PORTS(rotation)
);
  `ELEMENTWISE_MOVES(rotation)

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
