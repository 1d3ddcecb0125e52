// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// One enabled cycle later relation and maximum are the specification's of the pair given then.
module float16_compare_proof (
    input clk,
    input enable,
    input [15:0] a,
    input [15:0] b,
    input [15:0] result,
    input [3:0] relation
);
  reg given;  // there has been an enabled cycle
  reg [63:0] result_1, relation_1;
  initial given = 0;
  always @(posedge clk)
    if (enable) begin
      given <= 1;
      result_1 <= golden_float16_max(a, b);
      relation_1 <= golden_float16_compare(a, b);
    end
  wire [63:0] wide_result = result, wide_relation = relation;
  always @* begin
    if (given) exact: assert (wide_result == result_1 && wide_relation == relation_1);
    cover_less: cover (given && relation == 1);
    cover_zeros: cover (given && relation == 2 && result == 0);
    cover_greater: cover (given && relation == 4);
    cover_unordered: cover (given && relation == 8);
  end
endmodule

bind tritproof_float16_compare float16_compare_proof proof (.*);
