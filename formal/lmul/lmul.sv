// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// One enabled cycle later the result is the specification's of the pair given then; and what the specification
// keeps of a product: commutation, signs, order, and for short mantissas the bound of its error.
module lmul_proof #(
    parameter F = `EXPONENT_BITS + `MANTISSA_BITS
) (
    input clk,
    input enable,
    input [F:0] a,
    input [F:0] b,
    input [F:0] result
);
  wire [F:0] c;  // free
  localparam [63:0] LARGEST = (64'd1 << F) - 1 - (`INFINITIES ? 64'd1 << `MANTISSA_BITS : 1);
  localparam [63:0] LEAST = 64'd1 << `MANTISSA_BITS;
  function automatic is_nan(input [F:0] code);
    is_nan = 64'(code[F-1:0]) > (`INFINITIES ? LARGEST + 1 : LARGEST);
  endfunction
  function automatic normal(input [F:0] code);
    normal = 64'(code[F-1:0]) >= LEAST && 64'(code[F-1:0]) <= LARGEST;
  endfunction
  reg begun;
  reg [F:0] due;
  initial begun = 0;
  always @(posedge clk)
    if (enable) begin
      begun <= 1;
      due <= golden_lmul(a, b);
    end
  wire [F:0] product = golden_lmul(a, b), other = golden_lmul(c, b);
  wire [F:0] opposite = golden_lmul({!a[F], a[F-1:0]}, b);
  always @* begin
    if (begun) exact: assert (result == due);
    commutes: assert (product == golden_lmul(b, a));
    if (!is_nan(product)) signed_product: assert (product[F] == (a[F] ^ b[F])
        && opposite == {!product[F], product[F-1:0]});
    if (is_nan(a) || is_nan(b)) keeps_nan: assert (is_nan(product));
    if (a[F-1:0] <= c[F-1:0] && !is_nan(product) && !is_nan(other))
      ordered: assert (product[F-1:0] <= other[F-1:0]);
    cover_product: cover (begun && normal(result) && result[F]);
    cover_zero: cover (begun && 64'(result[F-1:0]) == 0 && normal(a) && normal(b) && due == product);
    cover_largest: cover (begun && 64'(result[F-1:0]) == LARGEST + (`SATURATE ? 0 : 1) && normal(a) && normal(b));
    cover_nan: cover (begun && is_nan(result));
  end

  // Significands x, y and r of M + 1 bits: r * 2^(M + carries) is to x * y as the result is to the exact product.
  localparam M = `MANTISSA_BITS;
  generate
    if (M <= 10) begin : short
      localparam [127:0] N = 128'd1 << M, O = `OFFSET;
      wire [127:0] x = N + a[M-1:0], y = N + b[M-1:0], r = N + product[M-1:0];
      wire [127:0] carries = (128'(product[F-1:M]) + (128'd1 << (`EXPONENT_BITS - 1)) - 1)
          - 128'(a[F-1:M]) - 128'(b[F-1:M]);
      wire [127:0] scaled = r << (M + carries);
      always @*
        if (normal(a) && normal(b) && normal(product) && 64'(product[F-1:0]) != LARGEST) begin
          few_carries: assert (carries <= 2);
          not_too_large: assert (scaled * N <= x * y * (N + O));
          if (2 * O <= N) not_too_small: assert (scaled * (3 * N - O) * (3 * N - O) >= 8 * N * N * x * y);
        end
    end
  endgenerate
endmodule

bind tritproof_lmul lmul_proof proof (.*);
