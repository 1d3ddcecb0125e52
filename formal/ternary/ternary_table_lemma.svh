// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the half table, without any clock: asserted by the lemma task, assumed by the
// proof of the sequential table, which then never has to reassociate a sum.
`include "parameters.svh"
`include "golden.sv"
`ifdef PROVE_LEMMA
`define TABLE_LEMMA assert
`else
`define TABLE_LEMMA assume
`endif

module ternary_table_lemma (
    input [8*`G-1:0] activations,
    input [`CODE_WIDTH-1:0] code,
    output [(32<<`INDEX_WIDTH)-1:0] sums
);
  localparam STEPS = 1 << `INDEX_WIDTH;
  localparam [STEPS*`INDEX_WIDTH-1:0] ORDER = `FILL_ORDER;
  localparam [STEPS*`OPERAND_WIDTH-1:0] OPERANDS = `FILL_OPERANDS;
  localparam [STEPS-1:0] MINUS = `FILL_MINUS;
  localparam [(`INDEX_WIDTH<<`CODE_WIDTH)-1:0] DECODED_INDICES = `DECODED_INDICES;
  localparam [(1<<`CODE_WIDTH)-1:0] DECODED_NEGATES = `DECODED_NEGATES;

  genvar index, step;
  generate
    for (index = 0; index < STEPS; index = index + 1) begin : entry
      localparam [`INDEX_WIDTH-1:0] INDEX = index;
      wire signed [31:0] sum = golden_half_entry(INDEX, activations);
      assign sums[32*index+:32] = sum;
    end
    for (step = 1; step < STEPS; step = step + 1) begin : walk
      localparam [`INDEX_WIDTH-1:0] BEFORE = ORDER[(step-1)*`INDEX_WIDTH+:`INDEX_WIDTH];
      localparam [`INDEX_WIDTH-1:0] AFTER = ORDER[step*`INDEX_WIDTH+:`INDEX_WIDTH];
      localparam [`OPERAND_WIDTH-1:0] OPERAND = OPERANDS[step*`OPERAND_WIDTH+:`OPERAND_WIDTH];
      wire signed [31:0] sum_before = sums[32*BEFORE+:32];
      wire signed [31:0] sum_after = sums[32*AFTER+:32];
      if (OPERAND < `G) begin : moves
        wire signed [31:0] operand = $signed(activations[8*OPERAND+:8]);
        always @* walk_step: `TABLE_LEMMA (sum_after == (MINUS[step] ? sum_before - operand : sum_before + operand));
      end else begin : rests
        always @* walk_rest: `TABLE_LEMMA (sum_after == 0);
      end
    end
  endgenerate

  // What a code names is its entry, negated where the code says so.
  wire [`INDEX_WIDTH-1:0] named = DECODED_INDICES[code*`INDEX_WIDTH+:`INDEX_WIDTH];
  wire signed [31:0] chosen = sums[32*named+:32];
  wire signed [31:0] dot = golden_ternary_dot(code, activations);
  always @* decode: `TABLE_LEMMA (dot == (DECODED_NEGATES[code] ? -chosen : chosen));
  always @* cover_decode: cover (DECODED_NEGATES[code] && dot > 200);
endmodule
