// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"

// What lies between the ports and the parts, which are proved on their own and free here: that every number goes to
// the sums and to the buffer, that each row that fits asks for mean and factor once, with its own sums and length,
// that they meet the numbers of the row that the buffer gives, and that each result is
// floor((x - mean) * factor / 2) + bias. The product is kept in 32 bits, which theorem products_fit says it has.
module ilayernorm_proof #(
    parameter S = `SUM_WIDTH,
    parameter SQ = `SQUARES_WIDTH,
    parameter L = `LENGTH_WIDTH,
    parameter F = `FACTOR_WIDTH,
    parameter B = `BIAS_WIDTH,
    parameter STAGES = `STAGES
) (
    input clk,
    input rst,
    input [15:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [B-1:0] s_axis_bias_tdata,
    input s_axis_bias_tvalid,
    input s_axis_bias_tready,
    input [47:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input held,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts,
    input signed [S-1:0] total,
    input [SQ-1:0] squares,
    input [15:0] mean_bits,
    input [F-1:0] factor,
    input [1:0] marks,
    input signed [15:0] number_1,
    input [31:0] square_1,
    input signed [16:0] distance_1,
    input signed [F:0] factor_1,
    input signed [31:0] product_2,
    input [2*B-1:0] biases
);
`define TOP tritproof_ilayernorm
`define FACTOR `TOP.u_factor
`define BUFFER `TOP.u_buffer
  wire pick;  // free
  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire asks = `FACTOR.s_axis_tvalid && `FACTOR.s_axis_tready;
  wire answers = `FACTOR.m_axis_tvalid && `FACTOR.m_axis_tready;
  wire flows = `TOP.flows;
  wire row_ends = `BUFFER.m_axis_tvalid && `BUFFER.m_axis_tready && `BUFFER.m_axis_tlast;

  // Rows that come in: how many numbers of a row there were, for the number accepted one advance ago, and for the
  // sums, which are of the numbers two advances ago and before.
  reg [15:0] so_far, place_1, terms;
  wire [15:0] place = &so_far ? so_far : so_far + 1;
  reg taken_1, last_1, begun, last_2, asking;
  reg signed [63:0] number_due, sum;
  reg [63:0] square_due, sum_of_squares;
  wire signed [15:0] given = s_axis_tdata;
  wire signed [31:0] exact_square = given * given;
  // Rows that have a factor, and rows that were given out to their last number.
  reg [31:0] answered, gone;
  reg signed [15:0] own_mean;
  reg [F-1:0] own_factor;
  always @(posedge clk) begin
    if (rst) begin
      so_far <= 0;
      {taken_1, begun, asking} <= 0;
      {answered, gone} <= 0;
    end else begin
      if (accepted) so_far <= s_axis_tlast ? 0 : place;
      if (flows) begin
        taken_1 <= accepted;
        if (taken_1) begun <= 1;
        asking <= taken_1 && last_1 && place_1 <= `DEPTH;
      end
      answered <= answered + answers;
      gone <= gone + row_ends;
    end
    if (flows) begin
      place_1 <= place;
      last_1 <= s_axis_tlast;
      number_due <= given;
      square_due <= $unsigned(exact_square);
      if (taken_1) begin
        terms <= place_1;
        last_2 <= last_1;
        sum <= place_1 == 1 ? 64'(number_1) : sum + number_1;
        sum_of_squares <= place_1 == 1 ? 64'(square_1) : sum_of_squares + square_1;
      end
    end
    if (answers) {own_factor, own_mean} <= `FACTOR.m_axis_tdata[F+15:0];
  end

  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(`BUFFER.m_axis_tvalid && s_axis_bias_tvalid && gone != answered),
      .taken(`BUFFER.m_axis_tready), .last(`BUFFER.m_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  offered_beats #(
      .WIDTH(49)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat({m_axis_tlast, m_axis_tdata}), .*);

  // A number on its way to its result; the product is of the block's own operands, which are compared.
  wire signed [15:0] given_out = `BUFFER.m_axis_tdata;
  reg signed [63:0] distance_due, factor_due, bias_due_1, product_due, bias_due_2, result_due;
  reg fits_due;
  wire signed [F+17:0] exact_product = distance_1 * factor_1;
  wire fits = product_due >= -64'sh8000_0000 && product_due < 64'sh8000_0000;
  wire signed [63:0] result = $signed(m_axis_tdata);
  always @(posedge clk)
    if (advance) begin
      distance_due <= 64'(given_out) - 64'(own_mean);
      factor_due <= 64'(own_factor);
      bias_due_1 <= 64'($signed(s_axis_bias_tdata));
      product_due <= 64'(exact_product);
      bias_due_2 <= bias_due_1;
      fits_due <= fits;
      result_due <= (product_due >>> 1) + bias_due_2;
    end

  localparam signed [63:0] LOWEST = -(64'sd1 << 15);
  always @*
    if (moves.live) begin
      same_reset: assert (`FACTOR.rst == rst && `BUFFER.rst == rst);
      buffer_moves: assert ((`BUFFER.s_axis_tvalid && `BUFFER.s_axis_tready) == accepted);
      buffer_data: assert (`BUFFER.s_axis_tdata == s_axis_tdata && `BUFFER.s_axis_tlast == s_axis_tlast);
      says_refused: assert (refused == `BUFFER.refused);
      if (accepted) numbers_flow: assert (flows);
      asks_once_for_each: assert (`FACTOR.s_axis_tvalid == asking);
      flows_unless_asking: assert (flows == (!asking || asks));
      if (asking) begin
        asks_with_sum: assert (64'($signed(`FACTOR.s_axis_tdata[S-1:0])) == sum);
        asks_with_squares: assert (64'(`FACTOR.s_axis_tdata[S+:SQ]) == sum_of_squares);
        asks_with_length: assert (16'(`FACTOR.s_axis_tdata[S+SQ+:L]) == terms);
      end
      factor_wanted: assert (`FACTOR.m_axis_tready == !held);
      one_for_a_row: assert (held == (answered != gone) && answered - gone <= 1);
      if (held) its_own: assert (mean_bits == own_mean && factor == own_factor);
      bias_with_it: assert (s_axis_bias_tready == `BUFFER.m_axis_tready);
      if (m_axis_tvalid && fits_due) exact: assert (result == result_due);
      // What makes these inductive.
      counts: assert (16'(`TOP.ask_for_row0_beats) == (so_far < `DEPTH ? so_far : `DEPTH));
      in_order: assert (so_far == (taken_1 ? (last_1 ? 0 : place_1) : begun && !last_2 ? terms : 0));
      same_ends: assert (`TOP.ask_for_row0_complete == {asking, taken_1 && last_1 && place_1 <= `DEPTH});
      if (begun || taken_1) same_marks: assert (marks[0] == taken_1);
      if (taken_1) begin
        follows: assert (place_1 == (begun && !last_2 ? (&terms ? terms : terms + 1) : 1));
        begins_row: assert (marks[1] == (place_1 == 1));
        number_is: assert (64'(number_1) == number_due);
        square_is: assert (64'(square_1) == square_due && square_due <= 64'd1 << 30);
        int16: assert (number_due >= LOWEST && number_due < -LOWEST);
        if (place_1 <= `DEPTH) length_1: assert (16'(`TOP.ask_for_row0_lengths[L-1:0]) == place_1);
      end
      if (asking) length_2: assert (begun && last_2 && 16'(`TOP.ask_for_row0_lengths[2*L-1:L]) == terms);
      if (begun) some_terms: assert (terms >= 1);
      if (begun && terms <= `DEPTH) begin
        sum_within: assert (sum >= LOWEST * $signed({48'd0, terms}) && sum <= (-LOWEST - 1) * $signed({48'd0, terms}));
        squares_within: assert (sum_of_squares <= 64'(terms) << 30);
        same_sum: assert (64'(total) == sum);
        same_squares: assert (64'(squares) == sum_of_squares);
      end
      if (valid[0]) begin
        distance_is: assert (64'(distance_1) == distance_due);
        factor_is: assert (64'(factor_1) == factor_due);
        bias_1: assert (64'($signed(biases[B-1:0])) == bias_due_1);
      end
      if (valid[1]) begin
        product_is: assert (product_2 == product_due[31:0]);
        bias_2: assert (64'($signed(biases[2*B-1:B])) == bias_due_2 && bias_due_2 >>> B == bias_due_2 >>> (B - 1));
      end
      cover_row: cover (delivered && m_axis_tlast && fits_due && result < -(64'sd1 << 29) && gone == 2);
      cover_asks: cover (asks && terms == 3 && sum < 0 && taken_1);
      cover_too_long: cover (begun && last_2 && terms == 5 && !asking);
    end
endmodule

bind tritproof_ilayernorm ilayernorm_proof proof (
    .marks(_sum_up0_marks),
    .number_1(_sum_up0_number_1),
    .square_1(_sum_up0_square_1),
    .distance_1(_normalise0_distance_1),
    .factor_1(_normalise0_factor_1),
    .product_2(_normalise0_product_2),
    .biases(_normalise0_biases),
    .*
);
