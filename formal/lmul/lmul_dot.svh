// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "moves_together.svh"

// Both streams move together. Register by register: each product is that of the lane's codes, its term the
// specification's, the sum of a beat that of its terms by neighbours, and the total that of the beats of the row
// since its first. A row that fits has one beat, with that total; one that does not is refused.
module lmul_dot_proof #(
    parameter STAGES = 4,
    parameter T = `TERM_WIDTH,
    // Whatever the block's widths are, nothing here can wrap: a product is below 2^(2^E - 1 + M) units.
    parameter TERM_WIDE = (1 << `EXPONENT_BITS) + `MANTISSA_BITS,
    parameter BEAT_WIDE = TERM_WIDE + $clog2(`LANES),
    parameter WIDE = BEAT_WIDE + 64,  // of a row's sum
    parameter C = 1 + `EXPONENT_BITS + `MANTISSA_BITS
) (
    input clk,
    input rst,
    input [C*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [C*`LANES-1:0] s_axis_other_tdata,
    input s_axis_other_tvalid,
    input s_axis_other_tready,
    input [`TOTAL_WIDTH:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input refused,
    input advance,
    input result_valid,
    input result_ready,
    input ends,
    input spoilt,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts,
    input [STAGES-2:0] firsts,
    input [STAGES-1:0] enough,
    input special_2,
    input special_3,
    input signed [`BEAT_SUM_WIDTH-1:0] added_3,
    input signed [`TOTAL_WIDTH-1:0] total
);
  wire pick;  // free
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && s_axis_other_tvalid), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(result_valid), .tready(result_ready), .tlast(ends), .*);
  offered_beats #(
      .WIDTH(`TOTAL_WIDTH + 1)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(beat), .*);

  localparam signed [WIDE-1:0] LIMIT = WIDE'(1) <<< (BEAT_WIDE - 1);  // of a beat's sum
  wire signed [TERM_WIDE-1:0] given[`LANES];
  wire [`LANES-1:0] specials;
  reg signed [TERM_WIDE-1:0] terms_2[`LANES];
  function automatic signed [BEAT_WIDE-1:0] sum_of(input signed [TERM_WIDE-1:0] terms[`LANES]);
    logic signed [BEAT_WIDE-1:0] level[`LANES];
    for (int i = 0; i < `LANES; i = i + 1) level[i] = terms[i];
    for (int length = `LANES; length > 1; length = (length + 1) / 2) begin
      for (int i = 0; i < length / 2; i = i + 1) level[i] = level[2*i] + level[2*i+1];
      if (length % 2 == 1) level[length/2] = level[length-1];
    end
    sum_of = level[0];
  endfunction

  reg [1:0] age;  // moves, up to three
  reg special_2_due, special_3_due, spoilt_due, begun;
  reg signed [BEAT_WIDE-1:0] sum_3;
  reg signed [WIDE-1:0] total_due;
  // Of the row taken; of its row up to the beat in each register, one too many at most; of the row in total_due.
  reg [15:0] beats, count[STAGES], row_beats;
  wire signed [WIDE-1:0] row_beats_due = row_beats;
  reg row_ended;  // with the last beat in total_due
  wire fits = count[STAGES-1] <= `DEPTH;
  reg must_refuse;
  initial {age, begun} = 0;
  always @(posedge clk) begin
    if (advance) begin
      age <= age == 3 ? 3 : age + 1;
      for (int i = 0; i < `LANES; i = i + 1) terms_2[i] <= given[i];
      special_2_due <= |specials;
      sum_3 <= sum_of(terms_2);
      special_3_due <= special_2_due;
      count[0] <= beats + 1;
      for (int i = 1; i < STAGES; i = i + 1) count[i] <= count[i-1];
    end
    if (advance && moves.live && valid[STAGES-2]) begin
      begun <= 1;
      total_due <= count[STAGES-2] == 1 ? WIDE'(sum_3) : total_due + sum_3;
      spoilt_due <= special_3_due || count[STAGES-2] != 1 && spoilt_due;
      row_beats <= count[STAGES-2];
    end
    if (rst) row_ended <= 1;
    else if (advance && moves.live && valid[STAGES-2]) row_ended <= lasts[STAGES-2];
    if (rst) beats <= 0;
    else if (s_axis_tvalid && s_axis_tready) beats <= s_axis_tlast ? 0 : beats < `DEPTH ? beats + 1 : beats;
    must_refuse <= !rst && moves.live && result_valid && result_ready && ends && !fits;
  end
  always @* begin
    if (!moves.live) not_begun: assert (!begun);
    if (age >= 2) special_kept: assert (special_2 == special_2_due);
    if (age == 3) exact_sum: assert (added_3 == sum_3 && special_3 == special_3_due);
    if (moves.live) begin
      both_taken: assert (s_axis_tready == s_axis_other_tready);
      counts: assert (beats <= `DEPTH && beats == tritproof_lmul_dot.beats);
      says_refused: assert (refused == must_refuse);
      offers_sums: assert (m_axis_tvalid == (result_valid && ends && fits) || !result_valid && !m_axis_tvalid);
      if (result_valid) waits_for_sums: assert (result_ready == (m_axis_tready || !(ends && fits)));
      if (begun && row_beats <= `DEPTH) begin
        bounded: assert (total_due >= -LIMIT * row_beats_due && total_due <= LIMIT * row_beats_due);
        exact_total: assert (total == total_due);
      end
      if (begun) counted: assert (row_beats >= 1 && spoilt == spoilt_due);
      if (m_axis_tvalid) delivers: assert (row_beats <= `DEPTH && beat[`TOTAL_WIDTH] == spoilt_due
          && $signed(beat[`TOTAL_WIDTH-1:0]) == total_due);
      cover_negative: cover (m_axis_tvalid && total_due < -4 && row_beats == 2 && !spoilt_due);
      cover_spoilt: cover (m_axis_tvalid && spoilt_due);
    end
  end
  // The beats of a row follow each other through the registers, from the oldest to the one taken next.
  wire [15:0] number[STAGES];  // of the newest beat in register k or an older one
  wire ended[STAGES];
  assign number[STAGES-1] = row_beats;
  assign ended[STAGES-1] = row_ended;
  generate
    for (genvar k = 0; k < STAGES - 1; k = k + 1) begin : way
      assign number[k] = valid[k] ? count[k] : number[k+1];
      assign ended[k] = valid[k] ? lasts[k] : ended[k+1];
      always @*
        if (moves.live && valid[k]) begin
          ages: assert (age > k);
          marks: assert (firsts[k] == (count[k] == 1) && enough[k] == (count[k] <= `DEPTH));
          follows: assert (count[k] == (ended[k+1] ? 1 : number[k+1] > `DEPTH ? number[k+1] : number[k+1] + 1));
        end
    end
  endgenerate
  always @*
    if (moves.live) begin
      next_one: assert (beats == (ended[0] ? 0 : number[0] > `DEPTH ? `DEPTH : number[0]));
      if (!row_ended) goes_on: assert (begun && row_beats <= `DEPTH + 1);
      if (valid[STAGES-1])
        in_total: assert (begun && age == 3 && count[STAGES-1] == row_beats && ends == row_ended
            && enough[STAGES-1] == fits);
    end
`define MUL(i) tritproof_lmul_dot.u_mul_``i
`define LANE(i) \
  assign given[i] = golden_fixed_point(`MUL(i).result); \
  assign specials[i] = golden_is_no_number(`MUL(i).result); \
  always @* begin : lane_``i \
    multiplies: assert (`MUL(i).enable == advance && `MUL(i).a == s_axis_tdata[C*i+:C] \
        && `MUL(i).b == s_axis_other_tdata[C*i+:C]); \
    if (age >= 2) term: assert ($signed(tritproof_lmul_dot.terms_2[T*i+:T]) == terms_2[i]); \
  end
  `EACH_LANE
endmodule
