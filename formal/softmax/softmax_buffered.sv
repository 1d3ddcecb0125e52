// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// What lies between the ports and the parts, and between the parts. The parts are the real ones, proved on
// their own: the buffer gives each row's distances twice, in order, marked by first, tlast and last pass.
// Here: what it is given are the scores as scaled by their row's scale, all of them in order; the divisor of
// a row's second pass is the sum of the powers of its first; each division is delivered once, in order.
module softmax_buffered_proof (
    input clk,
    input rst,
    input [`MANTISSA_WIDTH+`SHIFT_WIDTH-1:0] scale_beat,
    input s_axis_scale_tvalid,
    input s_axis_scale_tready,
    input signed [`SCORE_WIDTH-1:0] score_beat,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`RESULT_FRAC:0] result_beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input scaled,
    input [`MANTISSA_WIDTH-1:0] mantissa,
    input [`SHIFT_WIDTH-1:0] shift,
    input [`SUM_WIDTH-1:0] total,
    input [1:0] scale_valid,
    input [1:0] scale_last,
    input [1:0] power_valid,
    input [1:0] power_first,
    input [1:0] power_end,
    input [1:0] power_again,
    input [`STAGES-1:0] result_valid,
    input [`STAGES-1:0] result_last
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // The scale of the row that comes in.
  reg owned;  // there is one, and the row has not ended
  reg [`MANTISSA_WIDTH+`SHIFT_WIDTH-1:0] scale;
  wire accepted = s_axis_tvalid && s_axis_tready;
  always @(posedge clk) begin
    if (rst || accepted && s_axis_tlast) owned <= 0;
    else if (s_axis_scale_tvalid && s_axis_scale_tready) owned <= 1;
    if (s_axis_scale_tvalid && s_axis_scale_tready) scale <= scale_beat;
  end
  always @*
    if (live) begin
      one_scale_a_row: assert (s_axis_scale_tready == !owned);
      if (s_axis_tready) row_has_scale: assert (owned);
    end

  // From the scores to the buffer: two steps of the multiplier, of as many as there is room for.
`define SCALE tritproof_softmax_buffered.u_scale
`define POWER tritproof_softmax_buffered.u_power
`define BUFFER tritproof_softmax_buffered.u_buffer
  wire given = `BUFFER.s_axis_tvalid;
  wire signed [`VALUE_WIDTH-1:0] stored = `BUFFER.s_axis_tdata[`VALUE_WIDTH-1:0];
  wire signed [63:0] wide_stored = stored;
  wire advance = !given || `BUFFER.s_axis_tready;
  reg [1:0] incoming, incoming_last;
  reg signed [63:0] value_1, value_2;
  always @(posedge clk) begin
    if (advance) begin
      {value_2, value_1} <= {value_1, 64'(golden_scaled_score(score_beat, mantissa, shift))};
      incoming_last <= {incoming_last[0], s_axis_tlast};
    end
    if (rst) incoming <= 0;
    else if (advance) incoming <= {incoming[0], accepted};
  end
  always @*
    if (live) begin
      if (accepted) taken_when_moving: assert (advance);
      if (owned) own_scale: assert ({shift, mantissa} == scale);
      none_lost_on_the_way: assert (given == incoming[1]);
      if (given) stored_as_scaled: assert (wide_stored == value_2);
      if (given) row_ends: assert (`BUFFER.s_axis_tlast == incoming_last[1]);
      same_reset: assert (`BUFFER.rst == rst && refused == `BUFFER.refused);
    end

  // From the buffer to the result: powers, their sum over the first pass, divisions in the second.
  wire [`DISTANCE_WIDTH-1:0] distance = `BUFFER.m_axis_tdata[`DISTANCE_WIDTH-1:0];
  wire found_first = `BUFFER.m_axis_tdata[`DISTANCE_WIDTH];
  wire found_again = `BUFFER.m_axis_tdata[`DISTANCE_WIDTH+1];
  wire move = !m_axis_tvalid || m_axis_tready;
  reg [1:0] found, first, again, last;
  reg [63:0] power_1, power_2, sum;
  reg summed;  // a first pass has begun
  reg [15:0] terms;  // of the sum; by the buffer's contract no more than `DEPTH
  always @(posedge clk) begin
    if (rst) {found, summed} <= 0;
    else if (move) begin
      found <= {found[0], `BUFFER.m_axis_tvalid};
      if (found[1] && !again[1] && first[1]) summed <= 1;
    end
    if (move) begin
      {power_2, power_1} <= {power_1, 64'(golden_exp2_neg(distance))};
      {first, again} <= {first[0], found_first, again[0], found_again};
      last <= {last[0], `BUFFER.m_axis_tlast};
      if (found[1] && !again[1]) begin
        sum <= first[1] ? power_2 : sum + power_2;
        terms <= first[1] ? 1 : &terms ? terms : terms + 1;
      end
    end
  end

  // The divisions in the divider, the newest lowest: whether there is one, and whether it ends its row.
`define QUOTIENT tritproof_softmax_buffered.u_quotient
  wire dividing = found[1] && again[1];
  reg [`STAGES-1:0] dividings, ends;
  always @(posedge clk) begin
    if (rst) dividings <= 0;
    else if (move) dividings <= {dividings[`STAGES-2:0], dividing};
    if (move) ends <= {ends[`STAGES-2:0], last[1]};
  end
  wire [63:0] dividend = `QUOTIENT.dividend, divisor = `QUOTIENT.divisor;
  wire [`RESULT_FRAC+1:0] quotient = `QUOTIENT.quotient;
  always @*
    if (live) begin
      buffer_moves: assert (`BUFFER.m_axis_tready == move && `QUOTIENT.enable == move);
      if (dividing) dividend_is_power: assert (dividend == power_2 << `RESULT_FRAC);
      if (dividing && summed && terms <= `DEPTH) divisor_is_sum: assert (divisor == sum);
      one_result_each: assert (m_axis_tvalid == dividings[`STAGES-1]);
      if (m_axis_tvalid) begin
        is_quotient: assert (result_beat == quotient[`RESULT_FRAC:0]);
        row_ends_out: assert (m_axis_tlast == ends[`STAGES-1]);
      end
    end
  offered_beats #(
      .WIDTH(`RESULT_FRAC + 2)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, result_beat}),
      .*
  );

  // What makes this inductive.
  wire signed [63:0] product = `SCALE.product, scaled_now = `SCALE.value;
  wire [63:0] entry = `POWER.entry, power_now = `POWER.value;
  always @*
    if (live) begin
      same_state: assert (scaled == owned);
      same_flags: assert (scale_valid == incoming && power_valid == found && result_valid == dividings);
      same_ends: assert ((scale_last & incoming) == (incoming_last & incoming)
          && (power_end & found) == (last & found) && (result_last & dividings) == (ends & dividings));
      same_marks: assert ((power_first & found) == (first & found) && (power_again & found) == (again & found));
      if (incoming[0]) multiplied: assert (product >>> (`LEAST_SHIFT + 64'(`SCALE.amount)) == value_1);
      if (incoming[1]) shifted: assert (scaled_now == value_2);
      if (found[0]) looked_up: assert (entry >> `POWER.amount == power_1);
      if (found[1]) raised: assert (power_now == power_2);
      if (found[1]) one_at_most: assert (power_2 <= 64'd1 << `PRECISION);
      if (found[0]) one_at_most_before: assert (power_1 <= 64'd1 << `PRECISION);
      if (summed && terms <= `DEPTH) begin
        sum_within: assert (sum <= 64'(terms) << `PRECISION);
        same_sum: assert (total == sum);
      end
    end

`ifdef SMALL
  // The composition, at a small width: the first row, from the scores to the probabilities.
  reg ended;
  reg [15:0] length, place;
  reg signed [63:0] values[0:`DEPTH-1];
  wire [15:0] count = ended ? length : 0;
  always @(posedge clk)
    if (rst) {ended, length, place} <= 0;
    else begin
      if (accepted && !ended && length < `DEPTH) values[length] <= golden_scaled_score(score_beat, scale[`MANTISSA_WIDTH-1:0],
          scale[`MANTISSA_WIDTH+:`SHIFT_WIDTH]);
      if (accepted && !ended) {ended, length} <= {s_axis_tlast, length + 16'd1};
      if (m_axis_tvalid && m_axis_tready) place <= place + 1;
    end
  reg signed [63:0] largest, row_sum;
  integer i;
  always @* begin
    largest = values[0];
    for (i = 1; i < `DEPTH; i = i + 1) if (i < count && values[i] > largest) largest = values[i];
    row_sum = 0;
    for (i = 0; i < `DEPTH; i = i + 1) if (i < count) row_sum = row_sum + row_power(values[i]);
  end
  function automatic signed [63:0] row_power(input signed [63:0] value);
    row_power = golden_exp2_neg(golden_distance(largest[`VALUE_WIDTH-1:0], value[`VALUE_WIDTH-1:0]));
  endfunction
  wire [63:0] row_dividend = row_power(values[place]) << `RESULT_FRAC;
  always @*
    if (live && m_axis_tvalid && place < count) begin
      whole_softmax: assert (golden_is_quotient({2'b0, result_beat}, row_dividend[`DIVIDEND_WIDTH-1:0],
          row_sum[`SUM_WIDTH-1:0]));
      whole_row: assert (m_axis_tlast == (place + 1 == length));
    end
`endif

  always @* begin
    cover_result: cover (live && m_axis_tvalid && m_axis_tlast && result_beat == 1 << `RESULT_FRAC);
    cover_second: cover (live && m_axis_tvalid && !m_axis_tlast && result_beat == 1 << (`RESULT_FRAC - 1));
  end
endmodule

bind tritproof_softmax_buffered softmax_buffered_proof proof (
    .scale_beat(s_axis_scale_tdata[`MANTISSA_WIDTH+`SHIFT_WIDTH-1:0]),
    .score_beat(s_axis_tdata[`SCORE_WIDTH-1:0]),
    .result_beat(m_axis_tdata[`RESULT_FRAC:0]),
    .*
);
