// SPDX-License-Identifier: Apache-2.0
`include "table_observer.svh"
`ifdef SMALL
`include "ternary_lookup_lane.svh"
`else
`define ASSUME_TERNARY_TABLE
`define ASSUME_SIGNED_SUM_TREE
`include "ternary_table_port.svh"
`include "signed_sum_tree_lane.svh"
`include "ternary_lookup_lemma.svh"
`endif

`ifndef SMALL
// Why a lane meets its contract: each table and the tree of the lane meet theirs. Every part is looked
// at on the wires that really reach it and leave it.
module ternary_lookup_invariants (
    input clk,
    input [7:0] lane,
    input [`T*`CODE_WIDTH-1:0] chosen_codes,
    input [8*`G*`T-1:0] chosen,
    input signed [31:0] beat,
    input [8*`G*`T-1:0] held_0,
    input [8*`G*`T-1:0] held_1,
    input complete_0,
    input complete_1,
    input in_order,
    input bank,
    input [`INDEX_WIDTH-1:0] last_step,
    input finished,
    input [`TREE_LEVELS:0] due,
    input [32*(`TREE_LEVELS+1)-1:0] expected
);
  wire [32*`T-1:0] dots;
  wire signed [31:0] sum_of_dots;
  ternary_lookup_lemma lemma (
      .codes(chosen_codes),
      .activations(chosen),
      .dots(dots),
      .beat(sum_of_dots)
  );

`define TABLE(NUMBER) \
  ternary_lookup_table #(.POSITION(NUMBER)) table_``NUMBER ( \
      .*, \
      .activations(tritproof_ternary_lookup.u_table_``NUMBER.activations), \
      .fill(tritproof_ternary_lookup.u_table_``NUMBER.fill), \
      .fill_step(tritproof_ternary_lookup.u_table_``NUMBER.fill_step), \
      .fill_bank(tritproof_ternary_lookup.u_table_``NUMBER.fill_bank), \
      .read(tritproof_ternary_lookup.u_table_``NUMBER.read), \
      .read_bank(tritproof_ternary_lookup.u_table_``NUMBER.read_bank), \
      .codes(tritproof_ternary_lookup.u_table_``NUMBER.codes), \
      .negates(tritproof_ternary_lookup.u_table_``NUMBER.negates), \
      .entries(tritproof_ternary_lookup.u_table_``NUMBER.entries) \
  );
  `EACH_TABLE

  wire [`Q-1:0] enable, negate;
  wire [`Q*`T-1:0] negates;
  wire [`Q*`T*`ENTRY_WIDTH-1:0] values;
  wire [`Q*`TOTAL_WIDTH-1:0] total;
`define TREE(NUMBER) \
  assign enable[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.enable; \
  assign negates[NUMBER*`T+:`T] = tritproof_ternary_lookup.u_tree_``NUMBER.negates; \
  assign values[NUMBER*`T*`ENTRY_WIDTH+:`T*`ENTRY_WIDTH] = \
      tritproof_ternary_lookup.u_tree_``NUMBER.values; \
  assign negate[NUMBER] = tritproof_ternary_lookup.u_tree_``NUMBER.negate; \
  assign total[NUMBER*`TOTAL_WIDTH+:`TOTAL_WIDTH] = tritproof_ternary_lookup.u_tree_``NUMBER.total;
  `EACH_TREE
  wire [`TREE_LEVELS-1:0] tree_due;
  signed_sum_tree_contract #(
      .TERMS(`T),
      .TERM_WIDTH(`ENTRY_WIDTH),
      .TOTAL_WIDTH(`TOTAL_WIDTH),
      .LEVELS(`TREE_LEVELS),
      .BOUND(128 * `G)
  ) tree (
      .clk(clk),
      .enable(enable[lane]),
      .leaves(dots),
      .negates(negates[lane*`T+:`T]),
      .values(values[lane*`T*`ENTRY_WIDTH+:`T*`ENTRY_WIDTH]),
      .negate(negate[lane]),
      .total(total[lane*`TOTAL_WIDTH+:`TOTAL_WIDTH]),
      .due(tree_due)
  );

  genvar level;
  generate
    for (level = 0; level <= `TREE_LEVELS; level = level + 1) begin : stage
      wire signed [31:0] expected_here = expected[32*level+:32];
      always @* if (due[level]) same_beat: assert (expected_here == beat);
      if (level < `TREE_LEVELS) begin : in_tree
        always @* if (due[level+1]) tree_follows: assert (tree_due[level]);
      end
    end
  endgenerate
endmodule

// One table meets its contract as often as the lane needs it: its own observer, on its own wires, knows
// of every fill that the observer of the whole step knows.
module ternary_lookup_table #(
    parameter POSITION = 0
) (
    input clk,
    input [7:0] lane,
    input [`T*`CODE_WIDTH-1:0] chosen_codes,
    input [8*`G*`T-1:0] chosen,
    input [8*`G*`T-1:0] held_0,
    input [8*`G*`T-1:0] held_1,
    input complete_0,
    input complete_1,
    input in_order,
    input bank,
    input [`INDEX_WIDTH-1:0] last_step,
    input finished,
    input [`TREE_LEVELS:0] due,
    input [8*`G-1:0] activations,
    input fill,
    input [`INDEX_WIDTH-1:0] fill_step,
    input fill_bank,
    input read,
    input read_bank,
    input [`Q*`CODE_WIDTH-1:0] codes,
    input [`Q-1:0] negates,
    input [`Q*`ENTRY_WIDTH-1:0] entries
);
  localparam WIDTH = 8 * `G;
  wire [WIDTH-1:0] own_held_0, own_held_1;
  wire own_complete_0, own_complete_1, own_in_order, own_bank, own_finished, own_due;
  wire [`INDEX_WIDTH-1:0] own_last_step;
  table_observer #(
      .WIDTH(WIDTH),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (
      .*,
      .held_0(own_held_0),
      .held_1(own_held_1),
      .complete_0(own_complete_0),
      .complete_1(own_complete_1),
      .in_order(own_in_order),
      .bank(own_bank),
      .last_step(own_last_step),
      .finished(own_finished)
  );
  ternary_table_port_contract port (
      .*,
      .chosen_code(chosen_codes[POSITION*`CODE_WIDTH+:`CODE_WIDTH]),
      .chosen(chosen[WIDTH*POSITION+:WIDTH]),
      .code(codes[lane*`CODE_WIDTH+:`CODE_WIDTH]),
      .held_0(own_held_0),
      .held_1(own_held_1),
      .complete_0(own_complete_0),
      .complete_1(own_complete_1),
      .negate(negates[lane]),
      .entry(entries[lane*`ENTRY_WIDTH+:`ENTRY_WIDTH]),
      .due(own_due)
  );

  wire same_0 = own_held_0 == held_0[WIDTH*POSITION+:WIDTH];
  wire same_1 = own_held_1 == held_1[WIDTH*POSITION+:WIDTH];
  always @* begin
    if (in_order) order: assert (own_in_order && own_bank == bank && own_last_step == last_step);
    if (in_order) held: assert (bank ? same_1 : same_0);
    if (finished) finish: assert (in_order && own_finished);
    if (complete_0) full_0: assert (own_complete_0 && same_0);
    if (complete_1) full_1: assert (own_complete_1 && same_1);
    if (due[0]) table_follows: assert (own_due);
  end
endmodule
`endif

// The data path meets the contract of a lane. The lane, its codes and the activations of the bank read
// are arbitrary constants: what is proved for them is proved for every lane, beat and fill.
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

  wire signed [31:0] beat;
  ternary_lookup_beat whole (.lane_codes(chosen_codes), .held(chosen), .beat(beat));
  wire match = codes[lane*`T*`CODE_WIDTH+:`T*`CODE_WIDTH] == chosen_codes
      && (read_bank ? complete_1 && held_1 == chosen : complete_0 && held_0 == chosen);
  wire negate = negates[lane];
  wire signed [`TOTAL_WIDTH-1:0] total = totals[lane*`TOTAL_WIDTH+:`TOTAL_WIDTH];
  wire [`TREE_LEVELS:0] due;
  wire [32*(`TREE_LEVELS+1)-1:0] expected;
  ternary_lookup_lane_contract contract (.*);
`ifndef SMALL
  ternary_lookup_invariants invariants (.*);
`endif

  always @* begin
    cover_lane: cover (due[`TREE_LEVELS] && total > 0);
    cover_negative: cover (due[`TREE_LEVELS] && negate && total > 0);
  end
endmodule

`ifndef PROVE_LEMMA
bind tritproof_ternary_lookup ternary_lookup_proof proof (.*);
`endif
