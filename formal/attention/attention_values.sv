// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_DIVIDE
`endif
`include "parameters.svh"
`include "offered_beats.svh"
`include "holds.svh"

// What lies between the streams and the parts, which are proved on their own. Of a request, which distance and
// which beat of which value meet in each weighted sum, and when; the sum of a row's weights; which sums are
// divided by it, once all of their terms are in; that each quotient leaves once, in order, with its sign.
module attention_values_proof (
    input clk,
    input rst,
    input [`DISTANCES_WIDTH:0] distance_beat,
    input s_axis_distance_tvalid,
    input s_axis_distance_tready,
    input s_axis_distance_tlast,
    input [`BEAT_WIDTH-1:0] s_axis_value_tdata,
    input s_axis_value_tvalid,
    input s_axis_value_tready,
    input [`ROWS*`LANE_WIDTH-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input [`ROWS*`LANE_WIDTH/8-1:0] m_axis_tkeep,
    input [15:0] place,
    input write_bank,
    input read_bank,
    input [1:0] held,
    input [1:0] ready,
    input [3:0] valid_line,
    input [3:0] close_line,
    input [1:0] first_line,
    input [1:0] count_line,
    input [1:0] bank_line,
    input [2*`PLACE_WIDTH-1:0] place_line,
    input [2*`BEAT_WIDTH-1:0] value_line,
    input [15:0] read_place,
    input [15:0] element,
    input [`QUOTIENT_WIDTH+1:0] result_valid,
    input [`QUOTIENT_WIDTH+1:0] result_last
);
  localparam STAGES = `QUOTIENT_WIDTH + 2;  // moves from a sum to its result
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // Beats of values as they come in: requests are numbered, the newest under way is `requests_in`.
  wire accepted = s_axis_value_tvalid && s_axis_value_tready;
  reg [7:0] requests_in, requests_whole, requests_read;
  reg [15:0] place_due;
  wire completes = place_due == `BEATS - 1;
  wire closes = accepted && completes && s_axis_distance_tlast;
  wire [7:0] waiting = requests_in - requests_read;

  // Under way, the newest lowest: in the table, in the shift, in the product, in the sum.
  reg [3:0] given, closing;
  reg [1:0] firsts, counting;
  reg [7:0] number_1, number_2, number_3, number_4;
  reg [15:0] place_1, place_2;
  reg [`BEAT_WIDTH-1:0] value_1, value_2;
  wire [7:0] whole_now = requests_whole + closing[3];

  // Sums as they are read: `elements` of `places` of request `requests_read`, if it is whole.
  reg [15:0] places, elements;
  wire move = !m_axis_tvalid || m_axis_tready;
  wire reads = requests_whole != requests_read;
  wire last_element = places == `BEATS - 1 && elements == `LANES - 1;
  reg [STAGES-1:0] results, lasts;
  always @(posedge clk) begin
    if (rst) begin
      {requests_in, requests_whole, requests_read, place_due, given, closing} <= 0;
      {places, elements, results} <= 0;
    end else begin
      if (accepted) place_due <= completes ? 0 : place_due + 1;
      requests_in <= requests_in + closes;
      requests_whole <= whole_now;
      given <= {given[2:0], accepted};
      closing <= {closing[2:0], closes};
      if (move) results <= {results[STAGES-2:0], reads};
      if (move && reads) begin
        elements <= elements == `LANES - 1 ? 0 : elements + 1;
        if (elements == `LANES - 1) places <= places == `BEATS - 1 ? 0 : places + 1;
        if (last_element) requests_read <= requests_read + 1;
      end
    end
    {number_4, number_3, number_2, number_1} <= {number_3, number_2, number_1, requests_in};
    {firsts, counting} <= {firsts[0], distance_beat[`DISTANCES_WIDTH], counting[0], place_due == 0};
    {place_2, place_1} <= {place_1, place_due};
    {value_2, value_1} <= {value_1, s_axis_value_tdata};
    if (move) lasts <= {lasts[STAGES-2:0], last_element};
  end

  always @*
    if (live) begin
      distance_goes_with_last: assert (s_axis_distance_tready == (accepted && completes));
      if (s_axis_value_tready) value_wants_distance: assert (s_axis_distance_tvalid && waiting < 2);
      if (s_axis_distance_tvalid && waiting < 2) takes_values: assert (s_axis_value_tready);
      one_result_each: assert (m_axis_tvalid == results[STAGES-1]);
      if (m_axis_tvalid) end_marked: assert (m_axis_tlast == lasts[STAGES-1]);
      // No term of a request is missing from the sums that are read, and none of another is there.
      if (reads && given[0]) apart_1: assert (8'(number_1 - requests_read) == 1);
      if (reads && given[1]) apart_2: assert (8'(number_2 - requests_read) == 1);
      if (reads && given[2]) apart_3: assert (8'(number_3 - requests_read) == 1);
      if (reads && given[3]) apart_4: assert (8'(number_4 - requests_read) <= 1);
    end
  offered_beats #(
      .WIDTH(`ROWS * `LANE_WIDTH * 9 / 8 + 1)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, m_axis_tkeep, m_axis_tdata}),
      .*
  );

`define TOP tritproof_attention_values
`define ROW(r) \
  holds #(.WIDTH(`QUOTIENT_WIDTH + 2)) held_``r (.clk, .move(`TOP.u_mean_``r.enable), \
      .value({`TOP.u_mean_``r.overflow, `TOP.u_mean_``r.quotient})); \
  row_proof #(.ROW(r)) row_``r ( \
      .clk, .live, .accepted, .given, .firsts, .counting, .number_2, .place_2, .value_2, .move, .reads, \
      .requests_read, .places, .elements, .results, \
      .offered(m_axis_tvalid), .result(m_axis_tdata[r*`LANE_WIDTH+:`LANE_WIDTH]), \
      .keep(m_axis_tkeep[r*`LANE_WIDTH/8+:`LANE_WIDTH/8]), \
      .distance(distance_beat[r*`DISTANCE_WIDTH+:`DISTANCE_WIDTH]), \
      .z(`TOP.u_power_``r.z), .power(`TOP.u_power_``r.value), .power_enable(`TOP.u_power_``r.enable), \
      .enable(`TOP.u_sum_``r.enable), .take(`TOP.u_sum_``r.take), .first(`TOP.u_sum_``r.first), \
      .bank(`TOP.u_sum_``r.bank), .index(`TOP.u_sum_``r.index), .weight(`TOP.u_sum_``r.power), \
      .values(`TOP.u_sum_``r.values), .read_bank(`TOP.u_sum_``r.read_bank), \
      .read_index(`TOP.u_sum_``r.read_index), .total(`TOP.u_sum_``r.total), \
      .sum_0(`TOP._row_mean``r``_sum_0), .sum_1(`TOP._row_mean``r``_sum_1), \
      .sign_line(`TOP._row_mean``r``__mean``r``_sign_line), \
      .was_negative(`TOP._row_mean``r``__mean``r``_was_negative), \
      .divides(`TOP.u_mean_``r.enable), .dividend(`TOP.u_mean_``r.dividend), \
      .divisor(`TOP.u_mean_``r.divisor), .quotient(`TOP.u_mean_``r.quotient), \
      .overflow(`TOP.u_mean_``r.overflow));
  `EACH_ROW

  // What makes this inductive.
  wire [2:0] closes_under_way = closing[0] + closing[1] + closing[2] + closing[3];
  always @*
    if (live) begin
      same_place: assert (place == place_due && place_due < `BEATS);
      same_banks: assert (write_bank == requests_in[0] && read_bank == requests_read[0]);
      same_held: assert (held == waiting && waiting <= 2);
      same_ready: assert (ready == 8'(requests_whole - requests_read) && ready <= held);
      whole_later: assert (8'(requests_in - requests_whole) == closes_under_way);
      same_lines: assert (valid_line == given && (close_line & given) == (closing & given) && close_line == closing);
      closing_is_given: assert ((closing & ~given) == 0);
      if (given[0]) line_1: assert (first_line[0] == firsts[0] && count_line[0] == counting[0]
          && bank_line[0] == number_1[0] && place_line[0+:`PLACE_WIDTH] == place_1
          && value_line[0+:`BEAT_WIDTH] == value_1);
      if (given[1]) line_2: assert (first_line[1] == firsts[1] && count_line[1] == counting[1]
          && bank_line[1] == number_2[0] && place_line[`PLACE_WIDTH+:`PLACE_WIDTH] == place_2
          && value_line[`BEAT_WIDTH+:`BEAT_WIDTH] == value_2);
      if (given[0]) number_at_1: assert (8'(number_1 + closing[0]) == requests_in);
      if (given[1]) number_at_2: assert (8'(number_2 + closing[1] + closing[0]) == requests_in);
      if (given[2]) number_at_3: assert (8'(number_3 + closing[2] + closing[1] + closing[0]) == requests_in);
      if (given[3]) number_at_4: assert (8'(number_4 + closes_under_way) == requests_in);
      if (given[0] && number_1 == requests_in || given[1] && number_2 == requests_in
          || given[2] && number_3 == requests_in || given[3] && number_4 == requests_in)
        room_for_newest: assert (waiting < 2);
      same_reading: assert (read_place == places && element == elements && places < `BEATS && elements < `LANES);
      if (!reads) at_start: assert (places == 0 && elements == 0);
      same_results: assert (result_valid == results && (result_last & results) == (lasts & results));
    end

  always @* begin
    cover_results: cover (live && m_axis_tvalid && requests_whole == 2);
    cover_overlap: cover (live && reads && given[3] && waiting == 1);
  end
endmodule

// One row: its distances, the sum of its weights in the even and the odd bank, its divisions.
module row_proof #(
    parameter ROW = 0
) (
    input clk,
    input live,
    input accepted,
    input [3:0] given,
    input [1:0] firsts,
    input [1:0] counting,
    input [7:0] number_2,
    input [15:0] place_2,
    input [`BEAT_WIDTH-1:0] value_2,
    input move,
    input reads,
    input [7:0] requests_read,
    input [15:0] places,
    input [15:0] elements,
    input [`QUOTIENT_WIDTH+1:0] results,
    input offered,
    input signed [`LANE_WIDTH-1:0] result,
    input [`LANE_WIDTH/8-1:0] keep,
    input [`DISTANCE_WIDTH-1:0] distance,
    input [`DISTANCE_WIDTH-1:0] z,
    input [`POWER_WIDTH-1:0] power,
    input power_enable,
    input enable,
    input take,
    input first,
    input bank,
    input [`PLACE_WIDTH-1:0] index,
    input [`POWER_WIDTH-1:0] weight,
    input [`BEAT_WIDTH-1:0] values,
    input read_bank,
    input [`PLACE_WIDTH-1:0] read_index,
    input [`LANES*`TOTAL_WIDTH-1:0] total,
    input [`SUM_WIDTH-1:0] sum_0,
    input [`SUM_WIDTH-1:0] sum_1,
    input [`QUOTIENT_WIDTH:0] sign_line,
    input was_negative,
    input divides,
    input [`DIVIDEND_WIDTH-1:0] dividend,
    input [`SUM_WIDTH-1:0] divisor,
    input [`QUOTIENT_WIDTH:0] quotient,
    input overflow
);
  localparam [63:0] ONE = 64'd1 << `PRECISION;
  wire [63:0] wide_power = power;
  // Sums of weights up to as many as there may be, each at most 1 (exp2_neg); both are contracts.
  reg [63:0] even, odd;
  reg [15:0] even_terms, odd_terms;
  reg even_known, odd_known;
  initial {even_known, odd_known} = 0;
  wire counts = live && given[1] && counting[1];
  wire fits = wide_power <= ONE;
  always @(posedge clk) begin
    if (counts && !number_2[0]) begin
      even <= firsts[1] ? wide_power : even + wide_power;
      even_terms <= firsts[1] ? 1 : even_terms + 1;
      even_known <= fits && (firsts[1] || even_known && even_terms < `DEPTH);
    end
    if (counts && number_2[0]) begin
      odd <= firsts[1] ? wide_power : odd + wide_power;
      odd_terms <= firsts[1] ? 1 : odd_terms + 1;
      odd_known <= fits && (firsts[1] || odd_known && odd_terms < `DEPTH);
    end
    if (!live) {even_known, odd_known} <= 0;
  end

  // The sum read, with its sign, and its division.
  reg signed [`TOTAL_WIDTH-1:0] chosen;
  integer i;
  always @* begin
    chosen = 0;
    for (i = 0; i < `LANES; i = i + 1) if (elements == i) chosen = total[i*`TOTAL_WIDTH+:`TOTAL_WIDTH];
  end
  wire signed [63:0] wide_chosen = chosen;
  wire known = requests_read[0] ? odd_known : even_known;
  reg divided, divisor_known;
  reg [63:0] dividend_due, divisor_due;
  reg [`QUOTIENT_WIDTH+1:0] signs;
  initial {divided, divisor_known} = 0;
  always @(posedge clk)
    if (live && move) begin
      divided <= reads;
      divisor_known <= known;
      dividend_due <= (wide_chosen < 0 ? -wide_chosen : wide_chosen) << `RESULT_FRAC;
      divisor_due <= requests_read[0] ? odd : even;
      signs <= {signs[`QUOTIENT_WIDTH:0], wide_chosen < 0};
    end else if (!live) {divided, divisor_known} <= 0;

  wire signed [63:0] wide_quotient = quotient, wide_result = result;
  wire sign = signs[`QUOTIENT_WIDTH+1];
  localparam signed [63:0] MOST = 64'sd1 << (`RESULT_FRAC + 7);
  always @*
    if (live) begin
      if (accepted) distance_given: assert (z == distance && enable);
      if (given != 0) keeps_moving: assert (enable);
      together: assert (power_enable == enable && divides == move);
      takes: assert (take == given[1]);
      if (given[1]) weighs: assert (bank == number_2[0] && index == place_2 && weight == power && values == value_2);
      if (given[1]) begins: assert (first == firsts[1]);
      if (reads) reads_own: assert (read_bank == requests_read[0] && read_index == places);
      if (even_known) even_sum: assert (sum_0 == even);
      if (odd_known) odd_sum: assert (sum_1 == odd);
      if (divided) divides_sum: assert (dividend == dividend_due);
      if (divided && divisor_known) divides_by_sum: assert (divisor == divisor_due);
      if (offered && overflow) nothing: assert (result == 0 && keep == 0);
      if (offered && !overflow) kept: assert (&keep);
      if (offered && !overflow && (sign ? wide_quotient <= MOST : wide_quotient < MOST))
        quotient_with_sign: assert (wide_result == (sign ? -wide_quotient : wide_quotient));
      same_signs: assert ((({sign_line, was_negative} ^ signs) & results) == 0);
      if (even_known) even_reach: assert (even_terms >= 1 && even_terms <= `DEPTH && even <= 64'(even_terms) << `PRECISION);
      if (odd_known) odd_reach: assert (odd_terms >= 1 && odd_terms <= `DEPTH && odd <= 64'(odd_terms) << `PRECISION);
    end
endmodule

bind tritproof_attention_values attention_values_proof proof (
    .distance_beat(s_axis_distance_tdata[`DISTANCES_WIDTH:0]),
    .place(16'(place)),
    .read_place(16'(read_place)),
    .element(16'(element)),
    .*
);
