// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"
`include "layernorm_spread.svh"

// What lies between the ports and the parts, which are proved on their own and free here: that |sum| is divided by
// the length, that of a floor the mean is the specification's and the root is asked of the variance that goes with
// it, that 2^31 - 1 is divided by that root, and that mean and quotient are delivered once. Means and variances are
// those of sums of int16 numbers, whose bounds are theorem sums_have_their_bits.
module layernorm_factor_proof #(
    parameter S = `SUM_WIDTH,
    parameter SQ = `SQUARES_WIDTH,
    parameter L = `LENGTH_WIDTH,
    parameter V = `VARIANCE_WIDTH,
    parameter R = `ROOT_WIDTH,
    parameter N = `DIVIDEND_WIDTH,
    parameter D = `DIVISOR_WIDTH,
    parameter F = `FACTOR_WIDTH
) (
    input clk,
    input rst,
    input [S+SQ+L-1:0] row,
    input s_axis_tvalid,
    input s_axis_tready,
    input [F+15:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input busy,
    input asks_mean,
    input waits_mean,
    input [5:0] stages,
    input asks_root,
    input waits_root,
    input asks_factor,
    input waits_factor,
    input done,
    input [S-1:0] magnitude,
    input negative,
    input [SQ-1:0] kept_squares,
    input [L-1:0] kept_length,
    input [15:0] quotient,
    input [15:0] mean,
    input [S:0] spread,
    input [V-1:0] variance,
    input [R-1:0] kept_root,
    input [F-1:0] kept_factor,
    input [L+15:0] multiple_1,
    input [L-1:0] rest_2,
    input [S:0] above_3,
    input [L-1:0] less_3,
    input [S+16:0] product_1
);
`define DIVISION tritproof_layernorm_factor.u_division
`define ROOT tritproof_layernorm_factor.u_root
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire asked = `DIVISION.s_axis_tvalid && `DIVISION.s_axis_tready;
  wire answered = `DIVISION.m_axis_tvalid && `DIVISION.m_axis_tready;
  wire root_asked = `ROOT.s_axis_tvalid && `ROOT.s_axis_tready;
  wire root_answered = `ROOT.m_axis_tvalid && `ROOT.m_axis_tready;

  // Where a row is.
  localparam IDLE = 0, ASK_MEAN = 1, AWAIT_MEAN = 2, SETTLE = 3, ASK_ROOT = 9, AWAIT_ROOT = 10, ASK_FACTOR = 11,
      AWAIT_FACTOR = 12, DONE = 13;
  reg [3:0] place;
  always @(posedge clk)
    if (rst) place <= IDLE;
    else
      case (place)
        IDLE: if (accepted) place <= ASK_MEAN;
        ASK_MEAN, ASK_FACTOR: if (asked) place <= place + 1;
        AWAIT_MEAN, AWAIT_FACTOR: if (answered) place <= place + 1;
        ASK_ROOT: if (root_asked) place <= AWAIT_ROOT;
        AWAIT_ROOT: if (root_answered) place <= ASK_FACTOR;
        DONE: if (delivered) place <= IDLE;
        default: place <= place + 1;
      endcase

  // The row, and what its parts gave.
  wire signed [S-1:0] given_sum = row[S-1:0];
  wire signed [127:0] wide_sum = given_sum;
  reg [127:0] distance, squares, length, floor_of_mean, root, factor;
  reg below;
  // One step of the specification in a cycle; products are of the block's own operands, which are compared.
  reg [127:0] multiple, rest, rounded, twice_less, product;
  reg signed [127:0] due;
  // The mean of a floor is one more; lemma_spread says what that makes of twice_less.
  wire up = 2 * rest > length || 2 * rest == length && floor_of_mean[0];
  wire [127:0] rounding = golden_rounded_quotient(floor_of_mean[15:0], rest[L-1:0], length[L-1:0]);
  always @(posedge clk) begin
    if (accepted) begin
      below <= given_sum < 0;
      distance <= given_sum < 0 ? -wide_sum : wide_sum;
      squares <= row[S+:SQ];
      length <= row[S+SQ+:L];
    end
    if (place == AWAIT_MEAN && answered) floor_of_mean <= `DIVISION.m_axis_tdata[F-1:0];
    if (place == AWAIT_ROOT && root_answered) root <= `ROOT.m_axis_tdata[R-1:0];
    if (place == AWAIT_FACTOR && answered) factor <= `DIVISION.m_axis_tdata[F-1:0];
    if (place == SETTLE) multiple <= 128'(kept_length) * 128'(quotient);
    if (place == SETTLE + 1) rest <= distance - multiple;
    if (place == SETTLE + 2) rounded <= rounding;
    if (place == SETTLE + 3) twice_less <= `TWICE_LESS(distance, multiple, length, up);
    if (place == SETTLE + 4) product <= 128'(mean) * 128'(spread);
    if (place == SETTLE + 5) due <= squares - product;
  end
  // The mean is the floor of |sum| / length or one more, and within int16 with the sign of the sum.
  wire is_floor = multiple <= distance && distance - multiple < length && floor_of_mean < 1 << 15
      || distance == multiple && length != 0 && floor_of_mean == 1 << 15;
  wire of_numbers = is_floor && due >= 0 && due >> V == 0;
  wire [127:0] signed_mean = below ? -rounded : rounded;
  offered_beats #(
      .WIDTH(F + 16)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(beat), .*);
  always @*
    if (live) begin
      one_at_a_time: assert (s_axis_tready == (place == IDLE));
      delivers_at_last: assert (m_axis_tvalid == (place == DONE));
      same_reset: assert (`DIVISION.rst == rst && `ROOT.rst == rst);
      divides_twice: assert (`DIVISION.s_axis_tvalid == (place == ASK_MEAN || place == ASK_FACTOR));
      takes_quotients: assert (`DIVISION.m_axis_tready == (place == AWAIT_MEAN || place == AWAIT_FACTOR));
      one_root: assert (`ROOT.s_axis_tvalid == (place == ASK_ROOT) && `ROOT.m_axis_tready == (place == AWAIT_ROOT));
      if (place == ASK_MEAN) begin
        divides_sum: assert (128'(`DIVISION.s_axis_tdata[N-1:0]) == distance);
        by_length: assert (128'(`DIVISION.s_axis_tdata[N+:D]) == length);
      end
      if (place == ASK_ROOT && of_numbers) of_variance: assert (128'(`ROOT.s_axis_tdata) == due);
      if (place == ASK_FACTOR) begin
        divides_all_ones: assert (`DIVISION.s_axis_tdata[N-1:0] == 31'h7FFF_FFFF);
        by_root: assert (128'(`DIVISION.s_axis_tdata[N+:D]) == root);
      end
      if (m_axis_tvalid) begin
        exact_factor: assert (128'(beat[16+:F]) == factor);
        if (is_floor) exact_mean: assert (beat[15:0] == signed_mean[15:0]);
      end
      // What makes these inductive.
      states: assert (busy == (place != IDLE) && asks_mean == (place == ASK_MEAN) && waits_mean == (place == AWAIT_MEAN)
          && asks_root == (place == ASK_ROOT) && waits_root == (place == AWAIT_ROOT)
          && asks_factor == (place == ASK_FACTOR) && waits_factor == (place == AWAIT_FACTOR)
          && done == (place == DONE) && place <= DONE);
      settling: assert (stages == (place >= SETTLE && place < ASK_ROOT ? 6'd1 << (place - SETTLE) : 0));
      if (place != IDLE) begin
        row_kept: assert (128'(magnitude) == distance && negative == below && 128'(kept_squares) == squares
            && 128'(kept_length) == length);
        short_row: assert (distance >> S == 0 && squares >> SQ == 0 && length >> L == 0);
      end
      if (place >= SETTLE) quotient_kept: assert (quotient == floor_of_mean[15:0]);
      if (place > SETTLE) multiplied: assert (128'(multiple_1) == multiple);
      if (place > SETTLE + 1) rest_is: assert (rest == distance - multiple && rest_2 == rest[L-1:0]);
      if (place > SETTLE + 2) mean_is: assert (rounded == rounding && mean == rounded[15:0]);
      if (place > SETTLE + 2 && is_floor) begin
        rounds: assert (rounded == floor_of_mean + up);
        before_less: assert (128'(above_3) == distance + rest && 128'(less_3) == (up ? length : 0));
      end
      if (place > SETTLE + 3 && is_floor) spread_is: assert (128'(spread) == twice_less);
      if (place > SETTLE + 4) product_is: assert (128'(product_1) == product);
      if (place > SETTLE + 5) variance_is: assert (variance == due[V-1:0]);
      if (place > AWAIT_ROOT) root_kept: assert (128'(kept_root) == root && root >> R == 0);
      if (place == DONE) factor_kept: assert (128'(kept_factor) == factor);
      cover_delivers: cover (delivered && of_numbers && below && rounded > floor_of_mean && beat[16+:F] != 0);
      cover_tie: cover (place == ASK_ROOT && of_numbers && 2 * rest == length && rounded == floor_of_mean && due > 1);
      cover_lowest: cover (place == ASK_ROOT && of_numbers && below && rounded == 1 << 15 && length > 2);
    end
endmodule

bind tritproof_layernorm_factor layernorm_factor_proof proof (
    .row(s_axis_tdata[`SUM_WIDTH+`SQUARES_WIDTH+`LENGTH_WIDTH-1:0]),
    .beat(m_axis_tdata[`FACTOR_WIDTH+15:0]),
    .kept_squares(squares),
    .kept_length(length),
    .kept_root(root),
    .kept_factor(factor),
    .multiple_1(_round_mean0_multiple_1),
    .rest_2(_round_mean0_rest_2),
    .above_3(_round_mean0_above_3),
    .less_3(_round_mean0_less_3),
    .product_1(_find_variance0_product_1),
    .*
);
