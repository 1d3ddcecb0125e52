// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

module swar_table_contract (
    input [23:0] activations,
    input [129:0] sums
);
  // Every lane holds its own sum, for all 2^24 triples: no lane reaches into its neighbour.
  always @* exact: assert (sums == golden_swar_sums(activations));

  always @* begin
    cover_all_smallest: cover (activations == 24'h808080);
    cover_largest: cover ($signed(sums[99:90]) == 381);
    cover_smallest: cover ($signed(sums[99:90]) == -384);
  end
endmodule

bind tritproof_swar_table swar_table_contract contract (.*);
