// SPDX-License-Identifier: Apache-2.0
`ifdef SMALL
`include "ternary_lookup_lane.svh"
`else
`define ASSUME_TERNARY_DOT
`define ASSUME_SIGNED_SUM_TREE
`include "ternary_dot_exact.svh"
`include "signed_sum_tree_lane.svh"
`include "ternary_lookup_lemma.svh"
`endif

// One lane of what all lanes have; lane 0 where there is no such lane. A choice among lanes, since a
// shift by a multiple of the lane's number would cost a solver far more.
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

`ifndef SMALL
// Why a lane meets its contract: its dot products and its tree meet theirs. Every part is looked at on
// the wires that really reach it and leave it.
module lane_sums_invariants (
    input clk,
    input [7:0] lane,
    input [`T*`CODE_WIDTH-1:0] chosen_codes,
    input [8*`G*`T-1:0] chosen,
    input signed [31:0] beat,
    input [`TREE_LEVELS:0] due,
    input [32*(`TREE_LEVELS+1)-1:0] expected
);
  // Any numbers that are related as the lemma task proves the dot products and the beat of the chosen
  // codes and activations to be: what holds for all such numbers holds for these.
  reg [32*`T-1:0] dots;
  always @(posedge clk) dots <= dots;
  ternary_lookup_relation relation (.*);

  wire [`Q*`T*`CODE_WIDTH-1:0] codes;
  wire [`Q*`T*8*`G-1:0] activations;
  wire [`Q*`T*`RESULT_WIDTH-1:0] results;
`define DOT(NUMBER) \
  assign codes[NUMBER*`CODE_WIDTH+:`CODE_WIDTH] = tritproof_lane_sums.u_dot_``NUMBER.code; \
  assign activations[NUMBER*8*`G+:8*`G] = tritproof_lane_sums.u_dot_``NUMBER.activations; \
  assign results[NUMBER*`RESULT_WIDTH+:`RESULT_WIDTH] = tritproof_lane_sums.u_dot_``NUMBER.result;
  `EACH_DOT
  wire [`T*`CODE_WIDTH-1:0] lane_codes;
  wire [`T*8*`G-1:0] lane_activations;
  wire [`T*`RESULT_WIDTH-1:0] lane_results;
  lane_of #(`T*`CODE_WIDTH) of_codes (.*, .all(codes), .one(lane_codes));
  lane_of #(`T*8*`G) of_activations (.*, .all(activations), .one(lane_activations));
  lane_of #(`T*`RESULT_WIDTH) of_results (.*, .all(results), .one(lane_results));

  wire [`Q-1:0] enable, negate;
  wire [`Q*`T-1:0] negates;
  wire [`Q*`T*`RESULT_WIDTH-1:0] values;
  wire [`Q*`TOTAL_WIDTH-1:0] total;
`define TREE(NUMBER) \
  assign enable[NUMBER] = tritproof_lane_sums.u_tree_``NUMBER.enable; \
  assign negates[NUMBER*`T+:`T] = tritproof_lane_sums.u_tree_``NUMBER.negates; \
  assign values[NUMBER*`T*`RESULT_WIDTH+:`T*`RESULT_WIDTH] = \
      tritproof_lane_sums.u_tree_``NUMBER.values; \
  assign negate[NUMBER] = tritproof_lane_sums.u_tree_``NUMBER.negate; \
  assign total[NUMBER*`TOTAL_WIDTH+:`TOTAL_WIDTH] = tritproof_lane_sums.u_tree_``NUMBER.total;
  `EACH_TREE
  wire lane_enable, lane_negate;
  wire [`T-1:0] lane_negates;
  wire [`T*`RESULT_WIDTH-1:0] lane_values;
  wire signed [`TOTAL_WIDTH-1:0] lane_total;
  lane_of #(1) of_enable (.*, .all(enable), .one(lane_enable));
  lane_of #(`T) of_negates (.*, .all(negates), .one(lane_negates));
  lane_of #(`T*`RESULT_WIDTH) of_values (.*, .all(values), .one(lane_values));
  lane_of #(1) of_negate (.*, .all(negate), .one(lane_negate));
  lane_of #(`TOTAL_WIDTH) of_total (.*, .all(total), .one(lane_total));
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
          .given(lane_codes[`CODE_WIDTH*t+:`CODE_WIDTH] == chosen_codes[`CODE_WIDTH*t+:`CODE_WIDTH]
              && lane_activations[8*`G*t+:8*`G] == chosen[8*`G*t+:8*`G]),
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
`endif

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

`ifdef SMALL
  wire signed [31:0] beat;
  ternary_lookup_beat whole (.lane_codes(chosen_codes), .held(chosen), .beat(beat));
`else
  reg signed [31:0] beat;
  always @(posedge clk) beat <= beat;
`endif
  wire [`T*`CODE_WIDTH-1:0] lane_codes;
  wire negate;
  wire signed [`TOTAL_WIDTH-1:0] total;
  lane_of #(`T*`CODE_WIDTH) of_codes (.*, .all(codes), .one(lane_codes));
  lane_of #(1) of_negate (.*, .all(negates), .one(negate));
  lane_of #(`TOTAL_WIDTH) of_total (.*, .all(totals), .one(total));
  wire match = lane_codes == chosen_codes && activations == chosen;
  wire [`TREE_LEVELS:0] due;
  wire [32*(`TREE_LEVELS+1)-1:0] expected;
  ternary_lookup_lane_contract contract (.*);
`ifndef SMALL
  lane_sums_invariants invariants (.*);
`endif

  // One run that reaches every cover and guard; the search for them alone follows it.
  (* keep *) wire guided = lane == 0 && chosen_codes == 0 && codes == 0 && chosen == {`G * `T{8'h80}}
      && activations == chosen && advance;

  always @* begin
    cover_positive: cover (due[`TREE_LEVELS] && beat > 0);
    cover_negative: cover (due[`TREE_LEVELS] && beat < 0);
  end
endmodule

bind tritproof_lane_sums lane_sums_proof proof (.*);
