// SPDX-License-Identifier: Apache-2.0
`define ASSUME_TERNARY_TABLE
`define ASSUME_SIGNED_SUM_TREE
`include "table_observer.svh"
`include "ternary_table_port.svh"
`include "signed_sum_tree_lane.svh"
`include "ternary_lookup_lane.svh"
`include "ternary_lookup_lemma.svh"

// The data path meets the contract of a lane. Tables and trees are replaced by their contracts; the
// lane, its codes and the activations of the bank read are arbitrary constants, so that what is proved
// for them is proved for every lane, every beat and every fill.
module ternary_lookup_proof (
    input clk,
    input [8*`G*`T-1:0] activations,
    input fill,
    input [`INDEX_WIDTH-1:0] fill_step,
    input fill_bank,
    input advance,
    input read_bank,
    input [`CODES_WIDTH-1:0] codes,
    input [`Q-1:0] negates,
    input [`Q*`TOTAL_WIDTH-1:0] totals
);
  wire [8*`G*`T-1:0] held_0, held_1;
  wire complete_0, complete_1, in_order, bank, finished;
  wire [`INDEX_WIDTH-1:0] last_step;
  table_observer #(
      .WIDTH(8 * `G * `T),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (.*);

  reg [7:0] lane;
  reg [`T*`CODE_WIDTH-1:0] chosen_codes;
  reg [8*`G*`T-1:0] chosen;
  always @(posedge clk) begin
    lane <= lane;
    chosen_codes <= chosen_codes;
    chosen <= chosen;
  end
  always @* exists: assume (lane < `Q);
  wire [`T*`CODE_WIDTH-1:0] lane_codes = codes[lane*`T*`CODE_WIDTH+:`T*`CODE_WIDTH];
  wire watch = lane_codes == chosen_codes
      && (read_bank ? held_1 : held_0) == chosen;

  wire [`T-1:0] lane_negates;
  wire [`T*`ENTRY_WIDTH-1:0] lane_entries;
  wire signed [31:0] beat;
  wire [`TREE_LEVELS:0] due;
  wire [32*(`TREE_LEVELS+1)-1:0] expected;
  ternary_lookup_lane_contract contract (
      .*,
      .held_0(chosen),
      .held_1(chosen),
      .lane_codes(chosen_codes),
      .negate(negates[lane]),
      .total(totals[lane*`TOTAL_WIDTH+:`TOTAL_WIDTH])
  );

  wire [32*`T-1:0] dots;
  ternary_lookup_beat_lemma beat_lemma (
      .codes(chosen_codes),
      .activations(chosen),
      .dots(dots)
  );
  ternary_lookup_sum_lemma sum_lemma (
      .negates(lane_negates),
      .values(lane_entries),
      .dots(dots)
  );

  // The tables and trees by instance, with the wires that really reach them.
  wire [`T*`ENTRY_WIDTH-1:0] reaching_values[0:`Q-1];
  wire [`T-1:0] reaching_negates[0:`Q-1];
  wire [`T-1:0] wired;
  wire [`Q-1:0] enabled;

`define TABLE(NUMBER) \
  generate \
    if (NUMBER < `T) begin : table_``NUMBER \
      localparam WIDTH = 8 * `G; \
      wire [WIDTH-1:0] group = chosen[WIDTH*NUMBER+:WIDTH]; \
      wire [`CODE_WIDTH-1:0] code = chosen_codes[NUMBER*`CODE_WIDTH+:`CODE_WIDTH]; \
      wire signed [31:0] dot = dots[32*NUMBER+:32]; \
      wire [`Q*`CODE_WIDTH-1:0] given = tritproof_ternary_lookup.u_table_``NUMBER.codes; \
      assign wired[NUMBER] = tritproof_ternary_lookup.u_table_``NUMBER.fill == fill \
          && tritproof_ternary_lookup.u_table_``NUMBER.fill_step == fill_step \
          && tritproof_ternary_lookup.u_table_``NUMBER.fill_bank == fill_bank \
          && tritproof_ternary_lookup.u_table_``NUMBER.activations == activations[WIDTH*NUMBER+:WIDTH] \
          && tritproof_ternary_lookup.u_table_``NUMBER.read == advance \
          && tritproof_ternary_lookup.u_table_``NUMBER.read_bank == read_bank \
          && given[lane*`CODE_WIDTH+:`CODE_WIDTH] == lane_codes[NUMBER*`CODE_WIDTH+:`CODE_WIDTH]; \
      wire [`Q-1:0] table_negates = tritproof_ternary_lookup.u_table_``NUMBER.negates; \
      wire [`Q*`ENTRY_WIDTH-1:0] table_entries = tritproof_ternary_lookup.u_table_``NUMBER.entries; \
      assign lane_negates[NUMBER] = table_negates[lane]; \
      assign lane_entries[NUMBER*`ENTRY_WIDTH+:`ENTRY_WIDTH] = table_entries[lane*`ENTRY_WIDTH+:`ENTRY_WIDTH]; \
      ternary_table_port_contract port ( \
          .*, \
          .read(advance), \
          .held_0(group), \
          .held_1(group), \
          .negate(lane_negates[NUMBER]), \
          .entry(lane_entries[NUMBER*`ENTRY_WIDTH+:`ENTRY_WIDTH]) \
      ); \
      always @* begin \
        same_due: assert (port.due == due[0]); \
        if (due[0]) same_dot: assert (port.expected == dot); \
      end \
    end \
  endgenerate
  `TABLE(0)
  `TABLE(1)
  `TABLE(2)
  `TABLE(3)
  `TABLE(4)
  `TABLE(5)
  `TABLE(6)
  `TABLE(7)
  `TABLE(8)
  `TABLE(9)
  `TABLE(10)
  `TABLE(11)
  `TABLE(12)
  `TABLE(13)
  `TABLE(14)
  `TABLE(15)
  `TABLE(16)
  `TABLE(17)
  `TABLE(18)
  `TABLE(19)
  `TABLE(20)
  `TABLE(21)
  `TABLE(22)
  `TABLE(23)
  `TABLE(24)
  `TABLE(25)
  `TABLE(26)
  `TABLE(27)

`define TREE(NUMBER) \
  generate \
    if (NUMBER < `Q) begin : tree_``NUMBER \
      assign enabled[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.enable == advance; \
      assign reaching_negates[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.negates; \
      assign reaching_values[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.values; \
      assign leaving_negates[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.negate; \
      assign leaving_totals[NUMBER*`TOTAL_WIDTH+:`TOTAL_WIDTH] = \
          tritproof_ternary_lookup.u_tree_``NUMBER.total; \
    end \
  endgenerate
  wire [`Q-1:0] leaving_negates;
  wire [`Q*`TOTAL_WIDTH-1:0] leaving_totals;
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
  generate
    if (`T > 28 || `Q > 16) $error("name the further tables and trees above");
  endgenerate

  always @* begin
    tables_wired: assert (&wired);
    trees_wired: assert (&enabled && reaching_negates[lane] == lane_negates
        && reaching_values[lane] == lane_entries);
    totals_wired: assert (negates == leaving_negates && totals == leaving_totals);
  end

  wire in_range;
  wire [`TREE_LEVELS-1:0] tree_due;
  wire [32*`TREE_LEVELS-1:0] tree_expected;
  signed_sum_tree_contract #(
      .TERMS(`T),
      .TERM_WIDTH(`ENTRY_WIDTH),
      .TOTAL_WIDTH(`TOTAL_WIDTH),
      .LEVELS(`TREE_LEVELS),
      .BOUND(128 * `G)
  ) tree (
      .*,
      .enable(advance),
      .negates(lane_negates),
      .values(lane_entries),
      .negate(negates[lane]),
      .total(totals[lane*`TOTAL_WIDTH+:`TOTAL_WIDTH]),
      .due(tree_due),
      .expected(tree_expected)
  );
  genvar level;
  generate
    for (level = 0; level <= `TREE_LEVELS; level = level + 1) begin : stage
      always @* if (due[level]) same_beat: assert ($signed(expected[32*level+:32]) == beat);
      if (level < `TREE_LEVELS) begin : in_tree
        always @*
          if (due[level+1])
            same_sum: assert (tree_due[level] && $signed(tree_expected[32*level+:32]) == beat);
      end
    end
  endgenerate

  always @* begin
    cover_lane: cover (due[`TREE_LEVELS] && beat == 128 * `G * `T);
    cover_lane_negative: cover (due[`TREE_LEVELS] && negates[lane] && beat > 0);
  end
endmodule

bind tritproof_ternary_lookup ternary_lookup_proof proof (.*);
