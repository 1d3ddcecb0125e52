// SPDX-License-Identifier: Apache-2.0
// What `tritproof monolithic` asks in one query, of T tables at once: for all codes and all activations,
// their dot products added up are the specification's sum. Nothing is split, nothing is assumed.
`include "parameters.svh"
`include "golden.sv"

module monolithic (
    input [`T*`CODE_WIDTH-1:0] codes,
    input [8*`T*`G-1:0] activations
);
  localparam WIDE = 32;  // the specification does not share the width of the hardware
  wire [WIDE*(`T+1)-1:0] sums;
  assign sums[WIDE-1:0] = 0;

  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : table_of
      wire signed [`RESULT_WIDTH-1:0] result;
      tritproof_ternary_dot_half dot (
          .activations(activations[8*`G*t+:8*`G]),
          .code(codes[`CODE_WIDTH*t+:`CODE_WIDTH]),
          .result(result)
      );
      wire signed [WIDE-1:0] below = sums[WIDE*t+:WIDE];
      assign sums[WIDE*(t+1)+:WIDE] = below + result;
    end
  endgenerate

  wire signed [WIDE-1:0] actual = sums[WIDE*`T+:WIDE];
  wire signed [WIDE-1:0] expected = golden_tlmm_beat(codes, activations);
  always @* exact: assert (actual == expected);
endmodule
