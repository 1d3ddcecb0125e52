// SPDX-License-Identifier: Apache-2.0
`include "signed_sum_tree_lane.svh"

// The specification of the block is the sum of its leaves: the values, each with its sign.
module signed_sum_tree_lemma (
    input [`TERMS-1:0] negates,
    input [`TERMS*`TERM_WIDTH-1:0] values
);
  wire [32*`TERMS-1:0] leaves;
  genvar t;
  generate
    for (t = 0; t < `TERMS; t = t + 1) begin : term
      wire signed [31:0] value = $signed(values[t*`TERM_WIDTH+:`TERM_WIDTH]);
      assign leaves[32*t+:32] = negates[t] ? -value : value;
    end
  endgenerate
  wire signed [31:0] sum_of_values = golden_signed_sum(negates, values);
  wire signed [31:0] sum_of_leaves = golden_term_sum(leaves);
  always @* same_sum: assert (sum_of_values == sum_of_leaves);
endmodule

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

// Every node holds, up to its sign flag, the exact sum of the leaves below it. Each is guarded by the
// validity of its own level, which makes it 1-inductive. Nodes are numbered level by level, the leaves
// first and the root last; neighbours meet in pairs, an odd last one passes up.
module signed_sum_tree_invariants (
    input [32*`TERMS-1:0] leaves,
    input [`LEVELS-1:0] due,
    input [`NODES-1:0] node_negates,
    input [`NODES_WIDTH-1:0] node_totals
);
  wire [32*(`TERMS+`NODES)-1:0] nodes;
  assign nodes[32*`TERMS-1:0] = leaves;
  genvar level, k;
  generate
    for (level = 1; level <= `LEVELS; level = level + 1) begin : tree
      localparam SIZE = size_at(level);
      localparam WIDTH = width_at(level);
      for (k = 0; k < SIZE; k = k + 1) begin : node
        localparam REACH = ((k + 1) << level) > `TERMS ? `TERMS - (k << level) : (1 << level);
        wire signed [31:0] left = nodes[32*(number_at(level-1)+2*k)+:32];
        wire signed [31:0] exact;
        if (2 * k + 1 < size_at(level - 1)) begin : pair
          wire signed [31:0] right = nodes[32*(number_at(level-1)+2*k+1)+:32];
          assign exact = left + right;
        end else begin : single
          assign exact = left;
        end
        assign nodes[32*(number_at(level)+k)+:32] = exact;
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
endmodule

// The tree meets its contract, for leaves that are arbitrary constants: what is proved for them is
// proved for all values.
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
  reg [32*`TERMS-1:0] leaves;
  always @(posedge clk) leaves <= leaves;

  wire [`LEVELS-1:0] due;
  signed_sum_tree_contract #(
      .TERMS(`TERMS),
      .TERM_WIDTH(`TERM_WIDTH),
      .TOTAL_WIDTH(`TOTAL_WIDTH),
      .LEVELS(`LEVELS),
      .BOUND(`BOUND)
  ) contract (.*);
`ifndef SMALL
  signed_sum_tree_invariants invariants (.*);
`endif

  always @* begin
    cover_full: cover (&due && $signed(total) == `BOUND * `TERMS);
    cover_negative: cover (&due && negate && $signed(total) > `BOUND);
  end
endmodule

`ifndef PROVE_LEMMA
bind tritproof_signed_sum_tree signed_sum_tree_proof proof (.*);
`endif
