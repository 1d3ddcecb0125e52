// SPDX-License-Identifier: Apache-2.0
`define ASSUME_TERNARY_DOT
`define ASSUME_SIGNED_SUM_TREE
`include "ternary_dot_exact.svh"
`include "signed_sum_tree_lane.svh"
`include "ternary_lookup_lane.svh"
`include "lane_sums_beat.svh"

// Stand-ins for the three methods, of which a configuration uses one: their results are free.
`define METHOD(NAME) \
module NAME ( \
    input [8*`G-1:0] activations, \
    input [`CODE_WIDTH-1:0] code, \
    output signed [`RESULT_WIDTH-1:0] result \
); \
endmodule
`METHOD(tritproof_ternary_dot_select)
`METHOD(tritproof_ternary_dot_half)
`METHOD(tritproof_ternary_dot_full)

// One lane of what all lanes have: a choice, where a shift by a product would cost a solver far more.
module lane_of #(
    parameter WIDTH = 1
) (
    input [7:0] lane,
    input [`Q*WIDTH-1:0] all,
    output reg [WIDTH-1:0] one
);
  always @* begin
    one = all[WIDTH-1:0];
    for (integer q = 1; q < `Q; q = q + 1) if (lane == q) one = all[WIDTH*q+:WIDTH];
  end
endmodule

// Why a lane meets its contract: the dot products of the lane and its tree meet theirs. Every part is
// looked at on the wires that really reach it and leave it.
module lane_sums_invariants (
    input clk,
    input [7:0] lane,
    input [`T*`CODE_WIDTH-1:0] chosen_codes,
    input [8*`G*`T-1:0] chosen,
    input [32*`T-1:0] dots,
    input signed [31:0] beat,
    input [`TREE_LEVELS:0] due,
    input [32*(`TREE_LEVELS+1)-1:0] expected
);
  wire [`Q*`T-1:0] given;  // the code and the activations of the dot product are the chosen ones
  wire [`Q*`T*`RESULT_WIDTH-1:0] results;
`define DOT(LANE, GROUP) \
  if (LANE < `Q && GROUP < `T) begin : dot_``LANE``_``GROUP \
    assign given[`T*LANE+GROUP] = \
        tritproof_lane_sums.u_dot_``LANE``_``GROUP.code \
            == chosen_codes[`CODE_WIDTH*GROUP+:`CODE_WIDTH] \
        && tritproof_lane_sums.u_dot_``LANE``_``GROUP.activations == chosen[8*`G*GROUP+:8*`G]; \
    assign results[`RESULT_WIDTH*(`T*LANE+GROUP)+:`RESULT_WIDTH] = \
        tritproof_lane_sums.u_dot_``LANE``_``GROUP.result; \
  end
`define DOTS(LANE) \
  `DOT(LANE, 0) \
  `DOT(LANE, 1) \
  `DOT(LANE, 2) \
  `DOT(LANE, 3) \
  `DOT(LANE, 4) \
  `DOT(LANE, 5) \
  `DOT(LANE, 6) \
  `DOT(LANE, 7) \
  `DOT(LANE, 8) \
  `DOT(LANE, 9) \
  `DOT(LANE, 10) \
  `DOT(LANE, 11) \
  `DOT(LANE, 12) \
  `DOT(LANE, 13) \
  `DOT(LANE, 14) \
  `DOT(LANE, 15) \
  `DOT(LANE, 16) \
  `DOT(LANE, 17) \
  `DOT(LANE, 18) \
  `DOT(LANE, 19) \
  `DOT(LANE, 20) \
  `DOT(LANE, 21) \
  `DOT(LANE, 22) \
  `DOT(LANE, 23) \
  `DOT(LANE, 24) \
  `DOT(LANE, 25) \
  `DOT(LANE, 26) \
  `DOT(LANE, 27)
  `DOTS(0)
  `DOTS(1)
  `DOTS(2)
  `DOTS(3)
  `DOTS(4)
  `DOTS(5)
  `DOTS(6)
  `DOTS(7)
  `DOTS(8)
  `DOTS(9)
  `DOTS(10)
  `DOTS(11)
  `DOTS(12)
  `DOTS(13)
  `DOTS(14)
  `DOTS(15)

  wire [`Q-1:0] enable, negate;
  wire [`Q*`T-1:0] negates;
  wire [`Q*`T*`RESULT_WIDTH-1:0] values;
  wire [`Q*`TOTAL_WIDTH-1:0] total;
`define TREE(LANE) \
  if (LANE < `Q) begin : tree_``LANE \
    assign enable[LANE] = tritproof_lane_sums.u_tree_``LANE.enable; \
    assign negates[`T*LANE+:`T] = tritproof_lane_sums.u_tree_``LANE.negates; \
    assign values[`T*`RESULT_WIDTH*LANE+:`T*`RESULT_WIDTH] = \
        tritproof_lane_sums.u_tree_``LANE.values; \
    assign negate[LANE] = tritproof_lane_sums.u_tree_``LANE.negate; \
    assign total[`TOTAL_WIDTH*LANE+:`TOTAL_WIDTH] = tritproof_lane_sums.u_tree_``LANE.total; \
  end
  `TREE(0)
  `TREE(1)
  `TREE(2)
  `TREE(3)
  `TREE(4)
  `TREE(5)
  `TREE(6)
  `TREE(7)
  `TREE(8)
  `TREE(9)
  `TREE(10)
  `TREE(11)
  `TREE(12)
  `TREE(13)
  `TREE(14)
  `TREE(15)
  if (`Q > 16 || `T > 28) $error("name the further dot products and trees above");

  wire [`T-1:0] lane_given, lane_negates;
  wire [`T*`RESULT_WIDTH-1:0] lane_results, lane_values;
  wire lane_enable, lane_negate;
  wire signed [`TOTAL_WIDTH-1:0] lane_total;
  lane_of #(`T) of_given (lane, given, lane_given);
  lane_of #(`T*`RESULT_WIDTH) of_results (lane, results, lane_results);
  lane_of #(`T) of_negates (lane, negates, lane_negates);
  lane_of #(`T*`RESULT_WIDTH) of_values (lane, values, lane_values);
  lane_of #(1) of_enable (lane, enable, lane_enable);
  lane_of #(1) of_negate (lane, negate, lane_negate);
  lane_of #(`TOTAL_WIDTH) of_total (lane, total, lane_total);
  wire [`TREE_LEVELS-1:0] tree_due;
  signed_sum_tree_contract #(
      .TERMS(`T),
      .TERM_WIDTH(`RESULT_WIDTH),
      .TOTAL_WIDTH(`TOTAL_WIDTH),
      .LEVELS(`TREE_LEVELS),
      .BOUND(128 * `G)
  ) tree (
      .clk(clk),
      .enable(lane_enable),
      .leaves(dots),
      .negates(lane_negates),
      .values(lane_values),
      .negate(lane_negate),
      .total(lane_total),
      .due(tree_due)
  );

  genvar t, level;
  generate
    for (t = 0; t < `T; t = t + 1) begin : group
      wire signed [31:0] dot = dots[32*t+:32];
      ternary_dot_exact exact (
          .given(lane_given[t]),
          .expected(dot),
          .result(lane_results[`RESULT_WIDTH*t+:`RESULT_WIDTH])
      );
      wire signed [31:0] value = $signed(lane_values[`RESULT_WIDTH*t+:`RESULT_WIDTH]);
      always @* if (due[0]) term_is_exact: assert (value == dot && !lane_negates[t]);
    end
    for (level = 0; level <= `TREE_LEVELS; level = level + 1) begin : stage
      wire signed [31:0] expected_here = expected[32*level+:32];
      always @* if (due[level]) same_beat: assert (expected_here == beat);
      if (level < `TREE_LEVELS) begin : in_tree
        always @* if (due[level+1]) tree_follows: assert (tree_due[level]);
      end
    end
  endgenerate
endmodule

// The block meets the contract of a lane that ternary_lookup meets. The lane, its codes and its
// activations are arbitrary constants: what is proved for them, in every cycle in which they are given,
// is proved for all.
module lane_sums_proof (
    input clk,
    input advance,
    input [8*`G*`T-1:0] activations,
    input [`Q*`T*`CODE_WIDTH-1:0] codes,
    input [`Q-1:0] negates,
    input [`Q*`TOTAL_WIDTH-1:0] totals
);
  reg [7:0] lane;
  reg [`T*`CODE_WIDTH-1:0] chosen_codes;
  reg [8*`G*`T-1:0] chosen;
  always @(posedge clk) begin
    lane <= lane;
    chosen_codes <= chosen_codes;
    chosen <= chosen;
  end
  always @* exists: assume (lane < `Q);

  wire [32*`T-1:0] dots;
  wire signed [31:0] beat;
  lane_sums_beat sums (
      .*,
      .codes(chosen_codes),
      .activations(chosen)
  );
  wire [`Q-1:0] matches_in;
  genvar q;
  generate
    for (q = 0; q < `Q; q = q + 1) begin : in_lane
      assign matches_in[q] = activations == chosen
          && codes[`T*`CODE_WIDTH*q+:`T*`CODE_WIDTH] == chosen_codes;
    end
  endgenerate
  wire match, negate;
  wire signed [`TOTAL_WIDTH-1:0] total;
  lane_of #(1) of_match (lane, matches_in, match);
  lane_of #(1) of_negate (lane, negates, negate);
  lane_of #(`TOTAL_WIDTH) of_total (lane, totals, total);
  wire [`TREE_LEVELS:0] due;
  wire [32*(`TREE_LEVELS+1)-1:0] expected;
  ternary_lookup_lane_contract contract (.*);
  lane_sums_invariants invariants (.*);

  always @* begin
    cover_positive: cover (due[`TREE_LEVELS] && beat > 0);
    cover_negative: cover (due[`TREE_LEVELS] && beat < 0);
  end
endmodule

bind tritproof_lane_sums lane_sums_proof proof (.*);
