// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// Beside the block goes the specification, one step for each score taken: the maximum with the score, the
// power and the sum as the score moves on. Each score's beat comes out once, in order, and holds them.
module softmax_online_proof (
    input clk,
    input rst,
    input signed [`VALUE_WIDTH-1:0] value,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`BEAT_WIDTH-1:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input [15:0] count,
    input signed [`OCTAVE_WIDTH-1:0] maximum,
    input [3:0] valid_line,
    input [3:0] first_line,
    input [3:0] beyond_line,
    input [3:0] last_line,
    input [3*`RESCALE_WIDTH-1:0] rescale_line,
    input [`DISTANCE_WIDTH-1:0] distance,
    input [`POWER_WIDTH-1:0] entry,
    input [`DISTANCE_WIDTH-`FRAC-1:0] amount,
    input [`POWER_WIDTH-1:0] power,
    input [`SUM_WIDTH-1:0] total
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire advance = !m_axis_tvalid || m_axis_tready;
  reg [15:0] taken;  // scores of the row so far, up to `DEPTH`
  wire first = taken == 0, beyond = taken == `DEPTH;
  reg signed [63:0] highest;
  wire signed [63:0] highest_after = golden_running_maximum(first, highest[`OCTAVE_WIDTH-1:0], value);
  wire [63:0] rescale = golden_rescaling(first, highest[`OCTAVE_WIDTH-1:0], highest_after[`OCTAVE_WIDTH-1:0]);
  wire [63:0] below = golden_online_distance(highest_after[`OCTAVE_WIDTH-1:0], value);

  // Scores under way, the newest lowest: in the table, in the shift, before the sum, in the sum.
  reg [3:0] given, firsts, beyonds, lasts;
  reg [63:0] rescale_1, rescale_2, rescale_3, rescale_4, below_1, power_2, power_3, power_4, sum;
  reg [15:0] number_1, number_2, number_3, terms;  // of the row's scores before, and in the sum, up to `DEPTH
  reg summed, ended;  // there is a sum, its row has ended
  always @(posedge clk) begin
    if (rst) {taken, given, summed, ended, terms} <= 0;
    else begin
      if (accepted) taken <= following(taken, s_axis_tlast);
      if (advance) given <= {given[2:0], accepted};
      if (advance && given[2]) begin
        {summed, ended} <= {1'b1, lasts[2]};
        terms <= following(firsts[2] ? 0 : terms, 0);
      end
    end
    if (accepted) highest <= highest_after;
    if (advance) begin
      {firsts, beyonds, lasts} <= {firsts[2:0], first, beyonds[2:0], beyond, lasts[2:0], s_axis_tlast};
      {rescale_4, rescale_3, rescale_2, rescale_1} <= {rescale_3, rescale_2, rescale_1, rescale};
      {power_4, power_3, power_2} <= {power_3, power_2, 64'(golden_exp2_neg(below_1[`DISTANCE_WIDTH-1:0]))};
      below_1 <= below;
      {number_3, number_2, number_1} <= {number_2, number_1, taken};
      if (given[2]) begin
        sum <= golden_online_sum(firsts[2], sum[`SUM_WIDTH-1:0], rescale_3[`RESCALE_WIDTH-1:0],
            power_3[`POWER_WIDTH-1:0]);
      end
    end
  end

  function automatic [15:0] following(input [15:0] number, input last);
    following = last ? 0 : number == `DEPTH ? `DEPTH : number + 1;
  endfunction

  wire [63:0] sum_out = beat[`SUM_WIDTH-1:0];
  wire [63:0] power_out = beat[`SUM_WIDTH+:`POWER_WIDTH];
  wire [63:0] rescale_out = beat[`SUM_WIDTH+`POWER_WIDTH+:`RESCALE_WIDTH];
  wire first_out = beat[`BEAT_WIDTH-2], too_long = beat[`BEAT_WIDTH-1];
  always @*
    if (live) begin
      one_beat_each: assert (m_axis_tvalid == given[3]);
      if (m_axis_tvalid) begin
        same_power: assert (power_out == power_4);
        same_rescale: assert (rescale_out == rescale_4);
        flags: assert (m_axis_tlast == lasts[3] && first_out == firsts[3] && too_long == beyonds[3]);
        if (!too_long) same_sum_out: assert (sum_out == sum);
      end
    end
  offered_beats #(
      .WIDTH(`BEAT_WIDTH + 1)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, beat}),
      .*
  );

  // What makes this inductive. The numbers of the scores under way follow each other.
  reg sum_beyond;
  always @(posedge clk) if (advance && given[2]) sum_beyond <= beyonds[2];
  wire [15:0] number_after = !summed || ended ? 0 : terms;
  wire [15:0] number_after_3 = given[2] ? following(number_3, lasts[2]) : number_after;
  wire [15:0] number_after_2 = given[1] ? following(number_2, lasts[1]) : number_after_3;
  wire signed [63:0] wide_maximum = maximum;
  wire [63:0] wide_total = total, wide_entry = entry, wide_power = power, wide_distance = distance;
  always @*
    if (live) begin
      same_count: assert (count == taken && taken <= `DEPTH);
      if (taken > 0) same_maximum: assert (wide_maximum == highest);
      same_valid: assert (valid_line == given);
      same_flags: assert ((first_line & given) == (firsts & given) && (beyond_line & given) == (beyonds & given)
          && (last_line & given) == (lasts & given));
      if (given[0]) measured: assert (wide_distance == below_1 && rescale_line[0+:`RESCALE_WIDTH] == rescale_1);
      if (given[1]) looked_up: assert (wide_entry >> amount == power_2
          && rescale_line[`RESCALE_WIDTH+:`RESCALE_WIDTH] == rescale_2);
      if (given[2]) raised: assert (wide_power == power_3
          && rescale_line[2*`RESCALE_WIDTH+:`RESCALE_WIDTH] == rescale_3);
      if (given[1]) one_at_most: assert (power_2 <= 64'd1 << `PRECISION);
      if (given[2]) one_at_most_still: assert (power_3 <= 64'd1 << `PRECISION);
      if (given[2]) number_of_third: assert (number_3 == number_after && firsts[2] == (number_3 == 0)
          && beyonds[2] == (number_3 == `DEPTH));
      if (given[1]) number_of_second: assert (number_2 == number_after_3 && firsts[1] == (number_2 == 0)
          && beyonds[1] == (number_2 == `DEPTH));
      if (given[0]) number_of_newest: assert (number_1 == number_after_2 && firsts[0] == (number_1 == 0)
          && beyonds[0] == (number_1 == `DEPTH));
      number_coming: assert (taken == (given[0] ? following(number_1, lasts[0]) : number_after_2));
      if (summed && !sum_beyond) begin
        sum_within: assert (sum <= 64'(terms) << `PRECISION);
        same_sum: assert (wide_total == sum);
      end
      terms_counted: assert (terms <= `DEPTH && (!summed || !sum_beyond || terms == `DEPTH));
      if (given[3]) sum_of_last: assert (summed && sum_beyond == beyonds[3] && ended == lasts[3]);
    end

`ifdef SMALL
  // The composition: the first row, if it has two scores, by the specification of a row.
  reg [1:0] rows, scores;
  reg [2*`VALUE_WIDTH-1:0] row;
  reg [1:0] beats;
  wire [$bits(golden_online('0))-1:0] row_result = golden_online(row);
  always @(posedge clk)
    if (rst) {rows, scores, beats} <= 0;
    else begin
      if (accepted && rows == 0) begin
        row[scores[0]*`VALUE_WIDTH+:`VALUE_WIDTH] <= value;
        scores <= &scores ? scores : scores + 1;
        rows <= s_axis_tlast;
      end
      if (m_axis_tvalid && m_axis_tready) beats <= &beats ? beats : beats + 1;
    end
  always @*
    if (live && m_axis_tvalid && rows == 1 && scores == 2 && beats == 1)
      whole_row: assert (sum_out == row_result[$bits(row_result)/2+:$bits(row_result)/2]);
`endif

  always @* begin
    cover_kept: cover (live && m_axis_tvalid && !first_out && rescale_out == 0 && sum > power_out);
  end
  // Where a row can rise far enough.
  localparam MOST = 1 << (`VALUE_WIDTH - `FRAC);
  if (`TAU + 1 < MOST) begin : rises
    always @* cover_rescaled: cover (live && m_axis_tvalid && m_axis_tlast && rescale_out == `TAU + 1 && sum > power_out);
  end
  if (`PRECISION < MOST) begin : rises_far
    always @* cover_nothing_left: cover (live && m_axis_tvalid && !first_out && rescale_out > `PRECISION && sum == power_out);
  end
endmodule

bind tritproof_softmax_online softmax_online_proof proof (
    .beat(m_axis_tdata[`BEAT_WIDTH-1:0]),
    .count(16'(count)),
    .maximum(_running_maximum0_maximum),
    .entry(u_power.entry),
    .amount(u_power.amount),
    .*
);
