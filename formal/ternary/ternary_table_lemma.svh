// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the half table, without any clock.
`include "parameters.svh"
`include "golden.sv"
`ifdef PROVE_LEMMA
`define TABLE_LEMMA assert
`else
`define TABLE_LEMMA assume
`endif

// Each step of the fill walk changes the sum by one activation.
module ternary_table_walk (
    input [8*`G-1:0] activations,
    input [(32<<`INDEX_WIDTH)-1:0] sums,
    output right
);
  localparam STEPS = 1 << `INDEX_WIDTH;
  localparam [STEPS*`INDEX_WIDTH-1:0] ORDER = `FILL_ORDER;
  localparam [STEPS*`OPERAND_WIDTH-1:0] OPERANDS = `FILL_OPERANDS;
  localparam [STEPS-1:0] MINUS = `FILL_MINUS;

  wire [STEPS-1:0] holds;
  genvar step;
  generate
    for (step = 0; step < STEPS; step = step + 1) begin : steps
      localparam [`INDEX_WIDTH-1:0] INDEX = ORDER[step*`INDEX_WIDTH+:`INDEX_WIDTH];
      localparam [`OPERAND_WIDTH-1:0] OPERAND = OPERANDS[step*`OPERAND_WIDTH+:`OPERAND_WIDTH];
      wire signed [31:0] sum = sums[32*INDEX+:32];
      if (OPERAND < `G) begin : moves
        localparam [`INDEX_WIDTH-1:0] PREVIOUS = ORDER[(step-1)*`INDEX_WIDTH+:`INDEX_WIDTH];
        wire signed [31:0] previous = sums[32*PREVIOUS+:32];
        wire signed [31:0] operand = $signed(activations[8*OPERAND+:8]);
        assign holds[step] = sum == (MINUS[step] ? previous - operand : previous + operand);
      end else begin : rests
        assign holds[step] = sum == 0;
      end
    end
  endgenerate
  assign right = &holds;
endmodule

// A code names its entry, negated where the code says so.
module ternary_table_decode (
    input [`CODE_WIDTH-1:0] code,
    input [(32<<`INDEX_WIDTH)-1:0] sums,
    input signed [31:0] dot,
    output right
);
  localparam [(`INDEX_WIDTH<<`CODE_WIDTH)-1:0] DECODED_INDICES = `DECODED_INDICES;
  localparam [(1<<`CODE_WIDTH)-1:0] DECODED_NEGATES = `DECODED_NEGATES;
  wire [`INDEX_WIDTH-1:0] named = DECODED_INDICES[code*`INDEX_WIDTH+:`INDEX_WIDTH];
  wire signed [31:0] sum = sums[32*named+:32];
  assign right = dot == (DECODED_NEGATES[code] ? -sum : sum);
endmodule

// All that the proof of the hardware needs to know of the entries and the dot product of a code.
module ternary_table_relations (
    input [8*`G-1:0] activations,
    input [`CODE_WIDTH-1:0] code,
    input [(32<<`INDEX_WIDTH)-1:0] sums,
    input signed [31:0] dot
);
  genvar index;
  generate
    for (index = 0; index < (1 << `INDEX_WIDTH); index = index + 1) begin : entry
      wire signed [31:0] sum = sums[32*index+:32];
      always @* range_holds: `TABLE_LEMMA (sum >= -128 * `G && sum <= 128 * `G);
    end
  endgenerate
  wire walk, decode;
  ternary_table_walk walk_relation (.*, .right(walk));
  ternary_table_decode decode_relation (.*, .right(decode));
  always @* walk_holds: `TABLE_LEMMA (walk);
  always @* decode_holds: `TABLE_LEMMA (decode);
  always @* cover_sums: cover (walk && decode && activations[7:0] == 8'h80);
endmodule

// The numbers that the specification gives are so related, for all activations and codes.
module ternary_table_lemma (
    input [8*`G-1:0] activations,
    input [`CODE_WIDTH-1:0] code
);
  wire [(32<<`INDEX_WIDTH)-1:0] sums;
  genvar index;
  generate
    for (index = 0; index < (1 << `INDEX_WIDTH); index = index + 1) begin : entry
      localparam [`INDEX_WIDTH-1:0] INDEX = index;
      wire signed [31:0] sum = golden_half_entry(INDEX, activations);
      assign sums[32*index+:32] = sum;
    end
  endgenerate
  wire signed [31:0] dot = golden_ternary_dot(code, activations);
  ternary_table_relations relations (.*);
endmodule
