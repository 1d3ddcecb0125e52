// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// One enabled cycle later the result is the specification's of the pair given then; and what the specification
// keeps of a product: commutation, signs, order; where T is the code of a normal number, the significand that its
// carries leave, and for short mantissas the bound of the error.
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
  localparam M = `MANTISSA_BITS;
  localparam signed [127:0] BIAS = `BIAS, OFFSET = `OFFSET, LEAST = 128'sd1 <<< M;
  localparam signed [127:0] LARGEST = (128'sd1 <<< F) - 1 - (`INFINITIES ? LEAST : 1);
  function automatic signed [127:0] magnitude(input [F:0] code);
    magnitude = code[F-1:0];
  endfunction
  function automatic is_nan(input [F:0] code);
    is_nan = magnitude(code) > (`INFINITIES ? LARGEST + 1 : LARGEST);
  endfunction
  function automatic normal(input [F:0] code);
    normal = magnitude(code) >= LEAST && magnitude(code) <= LARGEST;
  endfunction
  function automatic signed [127:0] sum_of_codes(input [F:0] x, input [F:0] y);
    sum_of_codes = magnitude(x) + magnitude(y) + OFFSET - (BIAS <<< M);
  endfunction
  reg begun;
  reg [F:0] a_1, b_1, due;
  initial begun = 0;
  always @(posedge clk)
    if (enable) begin
      begun <= 1;
      {a_1, b_1} <= {a, b};
      due <= golden_lmul(a, b);
    end
  wire [F:0] product = golden_lmul(a, b), other = golden_lmul(c, b);
  wire [F:0] opposite = golden_lmul({!a[F], a[F-1:0]}, b);
  wire signed [127:0] total = sum_of_codes(a, b), total_1 = sum_of_codes(a_1, b_1);
  wire of_normals_1 = begun && normal(a_1) && normal(b_1);
  always @* begin
    if (begun) exact: assert (result == due);
    commutes: assert (product == golden_lmul(b, a));
    if (!is_nan(product)) signed_product: assert (product[F] == (a[F] ^ b[F])
        && opposite == {!product[F], product[F-1:0]});
    if (is_nan(a) || is_nan(b)) keeps_nan: assert (is_nan(product));
    if (a[F-1:0] <= c[F-1:0] && !is_nan(product) && !is_nan(other))
      ordered: assert (product[F-1:0] <= other[F-1:0]);
    cover_product: cover (begun && normal(result) && result[F]);
    cover_largest: cover (of_normals_1 && total_1 > LARGEST && magnitude(result) == LARGEST + (`SATURATE ? 0 : 1));
    cover_nan: cover (begun && is_nan(result));
  end

  // With a bias of 1 no product of normal numbers is too small.
  generate
    if (`BIAS > 1)
      always @* cover_zero: cover (of_normals_1 && total_1 < LEAST && magnitude(result) == 0);
  endgenerate

  // Nothing is limited. With s = x + y + o of the mantissas, the significand times 2^carries is 1 + s - carries times
  // 2^carries: 1 + s, 2 s or 4 (s - 1), the pieces of theorem error_is_bounded.
  wire unlimited = normal(a) && normal(b) && total >= LEAST && total <= LARGEST;
  wire signed [127:0] carries = (magnitude(product) >>> M) + BIAS - (magnitude(a) >>> M) - (magnitude(b) >>> M);
  always @*
    if (unlimited) begin
      few_carries: assert (carries >= 0 && carries <= 2);
      linear: assert (128'(product[M-1:0]) + (carries <<< M) == 128'(a[M-1:0]) + 128'(b[M-1:0]) + OFFSET);
    end
  // Significands x, y and r of M + 1 bits: r * 2^(M + carries) is to x * y as the result is to the exact product.
  generate
    if (M <= 10) begin : short
      localparam [127:0] N = 128'd1 << M, O = `OFFSET;
      wire [127:0] x = N + a[M-1:0], y = N + b[M-1:0], r = N + product[M-1:0];
      wire [127:0] scaled = r << (M + carries);
      always @*
        if (unlimited) begin
          not_too_large: assert (scaled * N <= x * y * (N + O));
          if (2 * O <= N) not_too_small: assert (scaled * (3 * N - O) * (3 * N - O) >= 8 * N * N * x * y);
        end
    end
  endgenerate
endmodule

bind tritproof_lmul lmul_proof proof (.*);
