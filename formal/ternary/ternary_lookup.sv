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
    input [`LOG2_Q-1:0] lane,
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
  // Any numbers that are related as the lemma task proves the dot products and the beat of the chosen
  // codes and activations to be: what holds for all such numbers holds for these.
  reg [32*`T-1:0] dots;
  always @(posedge clk) dots <= dots;
  ternary_lookup_relation relation (.*);

  // What reaches and leaves the ports of the tables, lane by lane: in the order of the trees' inputs, so
  // that choosing a lane is the same choice everywhere.
  wire [`CODES_WIDTH-1:0] codes;
  wire [`Q*`T-1:0] port_negates;
  wire [`Q*`T*`ENTRY_WIDTH-1:0] port_entries;
  wire [`T*`CODE_WIDTH-1:0] lane_codes = codes[lane*`T*`CODE_WIDTH+:`T*`CODE_WIDTH];
  wire [`T-1:0] lane_negates = port_negates[lane*`T+:`T];
  wire [`T*`ENTRY_WIDTH-1:0] lane_entries = port_entries[lane*`T*`ENTRY_WIDTH+:`T*`ENTRY_WIDTH];
  genvar q;
`define TABLE(NUMBER) \
  generate \
    for (q = 0; q < `Q; q = q + 1) begin : ports_``NUMBER \
      assign codes[(q*`T+NUMBER)*`CODE_WIDTH+:`CODE_WIDTH] = \
          tritproof_ternary_lookup.u_table_``NUMBER.codes[q*`CODE_WIDTH+:`CODE_WIDTH]; \
      assign port_negates[q*`T+NUMBER] = tritproof_ternary_lookup.u_table_``NUMBER.negates[q]; \
      assign port_entries[(q*`T+NUMBER)*`ENTRY_WIDTH+:`ENTRY_WIDTH] = \
          tritproof_ternary_lookup.u_table_``NUMBER.entries[q*`ENTRY_WIDTH+:`ENTRY_WIDTH]; \
    end \
  endgenerate \
  ternary_lookup_table table_``NUMBER ( \
      .*, \
      .step_held_0(held_0[8*`G*NUMBER+:8*`G]), \
      .step_held_1(held_1[8*`G*NUMBER+:8*`G]), \
      .chosen(chosen[8*`G*NUMBER+:8*`G]), \
      .chosen_code(chosen_codes[NUMBER*`CODE_WIDTH+:`CODE_WIDTH]), \
      .dot(dots[32*NUMBER+:32]), \
      .activations(tritproof_ternary_lookup.u_table_``NUMBER.activations), \
      .fill(tritproof_ternary_lookup.u_table_``NUMBER.fill), \
      .fill_step(tritproof_ternary_lookup.u_table_``NUMBER.fill_step), \
      .fill_bank(tritproof_ternary_lookup.u_table_``NUMBER.fill_bank), \
      .read(tritproof_ternary_lookup.u_table_``NUMBER.read), \
      .read_bank(tritproof_ternary_lookup.u_table_``NUMBER.read_bank), \
      .code(lane_codes[NUMBER*`CODE_WIDTH+:`CODE_WIDTH]), \
      .negate(lane_negates[NUMBER]), \
      .entry(lane_entries[NUMBER*`ENTRY_WIDTH+:`ENTRY_WIDTH]) \
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
module ternary_lookup_table (
    input clk,
    input [8*`G-1:0] step_held_0,  // what the observer of the whole step knows
    input [8*`G-1:0] step_held_1,
    input complete_0,
    input complete_1,
    input in_order,
    input bank,
    input [`INDEX_WIDTH-1:0] last_step,
    input finished,
    input [`TREE_LEVELS:0] due,
    input [8*`G-1:0] chosen,
    input [`CODE_WIDTH-1:0] chosen_code,
    input signed [31:0] dot,
    input [8*`G-1:0] activations,
    input fill,
    input [`INDEX_WIDTH-1:0] fill_step,
    input fill_bank,
    input read,
    input read_bank,
    input [`CODE_WIDTH-1:0] code,
    input negate,
    input signed [`ENTRY_WIDTH-1:0] entry
);
  wire [8*`G-1:0] held_0, held_1;
  wire own_complete_0, own_complete_1, own_in_order, own_bank, own_finished, own_due;
  wire [`INDEX_WIDTH-1:0] own_last_step;
  table_observer #(
      .WIDTH(8 * `G),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (
      .*,
      .complete_0(own_complete_0),
      .complete_1(own_complete_1),
      .in_order(own_in_order),
      .bank(own_bank),
      .last_step(own_last_step),
      .finished(own_finished)
  );
  ternary_table_port_contract port (
      .*,
      .complete_0(own_complete_0),
      .complete_1(own_complete_1),
      .due(own_due)
  );
  wire same_0 = held_0 == step_held_0, same_1 = held_1 == step_held_1;
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

  reg [`LOG2_Q-1:0] lane;
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

  // One run that reaches every cover and guard; the search for them alone follows it.
  reg [`INDEX_WIDTH+1:0] tick;
  initial tick = 0;
  always @(posedge clk) tick <= tick + !tick[`INDEX_WIDTH+1];
  (* keep *) wire guided = lane == 0 && chosen_codes == 0 && chosen == {`G * `T{8'h80}}
      && activations == chosen && fill == !tick[`INDEX_WIDTH+1] && {fill_bank, fill_step} == tick[`INDEX_WIDTH:0]
      && advance && !read_bank && codes == 0
`ifndef SMALL
      && beat == 0 && negate
`endif
      ;

  always @* begin
    cover_lane: cover (&due && chosen != 0);
    cover_negative: cover (due[`TREE_LEVELS] && negate);
  end
endmodule

`ifndef PROVE_LEMMA
bind tritproof_ternary_lookup ternary_lookup_proof proof (.*);
`endif
