// SPDX-License-Identifier: Apache-2.0
`include "signed_sum_tree_lane.svh"
`ifdef PROVE_NODES
`define LEVELS_ROLE assume
`else
`define LEVELS_ROLE assert
`endif
`ifdef PROVE_LEMMA
`define TREE_LEMMA assert
`else
`define TREE_LEMMA assume
`endif

// The shape of the tree: nodes and bits of a level, and where a level begins.
function automatic integer width_at(input integer level);
  width_at = $clog2(`BOUND * ((1 << level) < `TERMS ? (1 << level) : `TERMS) + 1) + 1;
endfunction
function automatic integer size_at(input integer level);
  size_at = (`TERMS + (1 << level) - 1) >> level;
endfunction
function automatic integer first_at(input integer level);
  first_at = 0;
  for (integer below = 1; below < level; below = below + 1) first_at = first_at + size_at(below);
endfunction
function automatic integer offset_at(input integer level);
  offset_at = 0;
  for (integer below = 1; below < level; below = below + 1)
    offset_at = offset_at + size_at(below) * width_at(below);
endfunction
function automatic integer number_at(input integer level);
  number_at = level == 0 ? 0 : `TERMS + first_at(level);
endfunction

// The sum in the specification is the root of the tree over the values with their signs: neighbours in
// pairs, an odd last one passes up.
module signed_sum_tree_lemma (
    input [`TERMS-1:0] negates,
    input [`TERMS*`TERM_WIDTH-1:0] values,
    output [32*`TERMS-1:0] leaves,
    output [32*`NODES-1:0] above
);
  wire [32*(`TERMS+`NODES)-1:0] nodes;
  genvar t, level, k;
  generate
    for (t = 0; t < `TERMS; t = t + 1) begin : leaf
      wire signed [31:0] value = $signed(values[t*`TERM_WIDTH+:`TERM_WIDTH]);
      assign nodes[32*t+:32] = negates[t] ? -value : value;
    end
    for (level = 1; level <= `LEVELS; level = level + 1) begin : up
      for (k = 0; k < size_at(level); k = k + 1) begin : node
        wire signed [31:0] left = nodes[32*(number_at(level-1)+2*k)+:32];
        if (2 * k + 1 < size_at(level - 1)) begin : pair
          wire signed [31:0] right = nodes[32*(number_at(level-1)+2*k+1)+:32];
          assign nodes[32*(number_at(level)+k)+:32] = left + right;
        end else begin : single
          assign nodes[32*(number_at(level)+k)+:32] = left;
        end
      end
    end
  endgenerate
  assign {above, leaves} = nodes;
  wire signed [31:0] root = nodes[32*(`TERMS+`NODES)-1-:32];
  wire signed [31:0] sum = golden_signed_sum(negates, values);
  always @* order: `TREE_LEMMA (sum == root);
endmodule

// The specification's whole tree, delayed level by level as the values travel through the hardware:
// stage s holds all nodes of the tree for the values that entered s enabled cycles ago. In every stage
// each node is the sum of the two below it: proved on its own, assumed where the hardware is compared.
// Nodes are numbered level by level, the leaves first and the root last.
module signed_sum_tree_levels (
    input clk,
    input enable,
    input [`TERMS-1:0] negates,
    input [`TERMS*`TERM_WIDTH-1:0] values,
    output reg [`LEVELS-1:0] entered,
    output [32*(`TERMS+`NODES)*(`LEVELS+1)-1:0] stages
);
  localparam ALL = `TERMS + `NODES;

  wire [32*`TERMS-1:0] leaves;
  wire [32*`NODES-1:0] above;
  signed_sum_tree_lemma lemma (.*);
  assign stages[32*ALL-1:0] = {above, leaves};

  initial entered = 0;
  always @(posedge clk) if (enable) entered <= {entered, 1'b1};

  genvar stage, level, k;
  generate
    for (stage = 1; stage <= `LEVELS; stage = stage + 1) begin : line
      reg [32*ALL-1:0] nodes;
      always @(posedge clk) if (enable) nodes <= stages[32*ALL*(stage-1)+:32*ALL];
      assign stages[32*ALL*stage+:32*ALL] = nodes;
      for (level = stage + 1; level <= `LEVELS; level = level + 1) begin : up
        for (k = 0; k < size_at(level); k = k + 1) begin : node
          wire signed [31:0] sum = nodes[32*(number_at(level)+k)+:32];
          wire signed [31:0] left = nodes[32*(number_at(level-1)+2*k)+:32];
          if (2 * k + 1 < size_at(level - 1)) begin : pair
            wire signed [31:0] right = nodes[32*(number_at(level-1)+2*k+1)+:32];
            always @* if (entered[stage-1]) node_adds: `LEVELS_ROLE (sum == left + right);
          end else begin : single
            always @* if (entered[stage-1]) node_passes: `LEVELS_ROLE (sum == left);
          end
        end
      end
    end
  endgenerate
  always @* cover_entered: cover (&entered);
endmodule

// Every node holds, up to its sign flag, the exact sum of its level. Each is guarded by the validity of
// its own level, which makes it 1-inductive.
module signed_sum_tree_proof (
    input clk,
    input enable,
    input [`TERMS-1:0] negates,
    input [`TERMS*`TERM_WIDTH-1:0] values,
    input negate,
    input signed [`TOTAL_WIDTH-1:0] total,
    input [`NODES-1:0] node_negates,
    input [`NODES_WIDTH-1:0] node_totals
);
  wire in_range;
  wire [`LEVELS-1:0] due;
  wire [32*`LEVELS-1:0] expected;
  signed_sum_tree_contract #(
      .TERMS(`TERMS),
      .TERM_WIDTH(`TERM_WIDTH),
      .TOTAL_WIDTH(`TOTAL_WIDTH),
      .LEVELS(`LEVELS),
      .BOUND(`BOUND)
  ) contract (.*);
  localparam ALL = `TERMS + `NODES;
  wire [`LEVELS-1:0] entered;
  wire [32*ALL*(`LEVELS+1)-1:0] stages;
  signed_sum_tree_levels levels (.*);
  always @* due_entered: assert ((due & entered) == due);

  genvar level, k;
  generate
    for (level = 1; level <= `LEVELS; level = level + 1) begin : tree
      wire signed [31:0] root = stages[32*(ALL*(level+1)-1)+:32];
      always @* if (entered[level-1]) same_root: assert ($signed(expected[32*(level-1)+:32]) == root);

      localparam SIZE = size_at(level);
      localparam WIDTH = width_at(level);
      for (k = 0; k < SIZE; k = k + 1) begin : node
        localparam REACH = ((k + 1) << level) > `TERMS ? `TERMS - (k << level) : (1 << level);
        wire signed [31:0] exact = stages[32*(ALL*level+number_at(level)+k)+:32];
        wire signed [31:0] held = $signed(node_totals[offset_at(level)+k*WIDTH+:WIDTH]);
        wire signed [31:0] actual = node_negates[first_at(level)+k] ? -held : held;
        always @*
          if (due[level-1]) begin
            node_is_exact: assert (actual == exact);
            node_in_range: assert (held >= -REACH * `BOUND && held <= REACH * `BOUND);
          end
      end
    end
  endgenerate

  always @* begin
    cover_full: cover (&due && $signed(total) == `BOUND * `TERMS);
    cover_negative: cover (&due && negate && $signed(total) > `BOUND);
  end
endmodule

`ifdef PROVE_NODES
bind tritproof_signed_sum_tree signed_sum_tree_proof proof (.*);
`endif
