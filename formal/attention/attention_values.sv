// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_ROW_MEAN
`endif
`include "parameters.svh"
`include "offered_beats.svh"
`include "holds.svh"

// What lies between the streams and the rows, each of which is proved on its own from its ports. Of a request,
// which weight and which beat of which value meet, and when; which of their sums are read, once all of their
// terms are in; that each result leaves once, in order.
module attention_values_proof (
    input clk,
    input rst,
    input [`WEIGHTS_WIDTH:0] weight_beat,
    input s_axis_weight_tvalid,
    input s_axis_weight_tready,
    input s_axis_weight_tlast,
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
  wire closes = accepted && completes && s_axis_weight_tlast;
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
    {firsts, counting} <= {firsts[0], weight_beat[`WEIGHTS_WIDTH], counting[0], place_due == 0};
    {place_2, place_1} <= {place_1, place_due};
    {value_2, value_1} <= {value_1, s_axis_value_tdata};
    if (move) lasts <= {lasts[STAGES-2:0], last_element};
  end

  always @*
    if (live) begin
      weight_goes_with_last: assert (s_axis_weight_tready == (accepted && completes));
      if (s_axis_value_tready) value_wants_weight: assert (s_axis_weight_tvalid && waiting < 2);
      if (s_axis_weight_tvalid && waiting < 2) takes_values: assert (s_axis_value_tready);
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
  row_proof row_``r ( \
      .clk, .live, .accepted, .given, .firsts, .counting, .number_2, .place_2, .value_2, .move, .reads, \
      .requests_read, .places, .elements, \
      .offered(m_axis_tvalid), .result(m_axis_tdata[r*`LANE_WIDTH+:`LANE_WIDTH]), \
      .keep(m_axis_tkeep[r*`LANE_WIDTH/8+:`LANE_WIDTH/8]), \
      .due_weight(weight_beat[r*`WEIGHT_WIDTH+:`WEIGHT_WIDTH]), \
      .enable(`TOP.u_row_``r.enable), .weight(`TOP.u_row_``r.weight), .take(`TOP.u_row_``r.take), \
      .counts(`TOP.u_row_``r.counts), .first(`TOP.u_row_``r.first), .bank(`TOP.u_row_``r.bank), \
      .place(`TOP.u_row_``r.place), .values(`TOP.u_row_``r.values), .row_move(`TOP.u_row_``r.move), \
      .read_bank(`TOP.u_row_``r.read_bank), .read_place(`TOP.u_row_``r.read_place), \
      .element(`TOP.u_row_``r.element), .mean(`TOP.u_row_``r.result), .mean_keep(`TOP.u_row_``r.keep));
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

// One row: what its part is given, and that what it gives is the row's share of the beat.
module row_proof (
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
    input offered,
    input [`LANE_WIDTH-1:0] result,
    input [`LANE_WIDTH/8-1:0] keep,
    input [`WEIGHT_WIDTH-1:0] due_weight,
    input enable,
    input [`WEIGHT_WIDTH-1:0] weight,
    input take,
    input counts,
    input first,
    input bank,
    input [`PLACE_WIDTH-1:0] place,
    input [`BEAT_WIDTH-1:0] values,
    input row_move,
    input read_bank,
    input [`PLACE_WIDTH-1:0] read_place,
    input [`ELEMENT_WIDTH-1:0] element,
    input [`LANE_WIDTH-1:0] mean,
    input [`LANE_WIDTH/8-1:0] mean_keep
);
  holds #(.WIDTH(`LANE_WIDTH * 9 / 8)) held (.clk, .move(row_move), .value({mean_keep, mean}));
  always @*
    if (live) begin
      if (accepted) weight_given: assert (weight == due_weight && enable);
      if (given != 0) keeps_moving: assert (enable);
      takes: assert (take == given[1] && counts == (given[1] && counting[1]));
      if (given[1]) meets: assert (bank == number_2[0] && place == place_2 && values == value_2 && first == firsts[1]);
      together: assert (row_move == move);
      if (reads) reads_own: assert (read_bank == requests_read[0] && read_place == places && element == elements);
      if (offered) gives: assert (result == mean && keep == mean_keep);
    end
endmodule

bind tritproof_attention_values attention_values_proof proof (
    .weight_beat(s_axis_weight_tdata[`WEIGHTS_WIDTH:0]),
    .place(16'(place)),
    .read_place(16'(read_place)),
    .element(16'(element)),
    .*
);
