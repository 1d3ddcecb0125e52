// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"

// What lies between the ports and the parts, which are proved on their own and free here: that every beat goes to the sum of squares and to the buffer, that each row that fits asks for its scale once, with its own
// sum and length, that its scale meets the beats of the row that the buffer gives, that each lane multiplies by
// it and by gamma, and that the largest magnitude is that of exactly the beats delivered.
module rmsnorm_absmax_proof #(
    parameter STAGES = 9
) (
    input clk,
    input rst,
    input [16*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [16*`LANES-1:0] s_axis_gamma_tdata,
    input s_axis_gamma_tvalid,
    input s_axis_gamma_tready,
    input [16*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input [15:0] m_axis_absmax_tdata,
    input m_axis_absmax_tvalid,
    input m_axis_absmax_tready,
    input refused,
    input held,
    input spoilt,
    input advance,
    input absmax_waits,
    input result_valid,
    input result_ready,
    input result_last,
    input [14:0] so_far,
    input [14:0] highest_kept,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts,
    input [16*`LANES*4-1:0] gammas
);
`define TOP tritproof_rmsnorm_absmax
`define SQUARES `TOP.u_squares
`define SCALE `TOP.u_scale
`define BUFFER `TOP.u_buffer
  wire pick;  // free
  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire asks = `SCALE.s_axis_tvalid && `SCALE.s_axis_tready;
  wire answers = `SCALE.m_axis_tvalid && `SCALE.m_axis_tready;
  wire flows = `SQUARES.enable;
  wire row_ends = `BUFFER.m_axis_tvalid && `BUFFER.m_axis_tready && `BUFFER.m_axis_tlast;

  // Rows that come in: the beats of each, and four moves of the sum of squares after its last, its end.
  reg [15:0] beats;  // of the row, up to `DEPTH
  reg [3:0] ends;
  reg [31:0] lengths[4];
  wire fits = beats < `DEPTH;
  // Rows that have a scale, and rows that were given out to their last beat.
  reg [31:0] answered, given;
  reg broken;  // of the row that asked last
  reg asked_once, own_asked;  // rms_scale, by its own properties, answers only then
  reg [15:0] own;
  initial {asked_once, own_asked} = 0;
  always @(posedge clk) begin
    if (rst) begin
      beats <= 0;
      ends <= 0;
      {answered, given} <= 0;
    end else begin
      if (accepted) beats <= s_axis_tlast ? 0 : fits ? beats + 1 : beats;
      if (flows) ends <= {ends[2:0], accepted && s_axis_tlast && fits};
      answered <= answered + answers;
      given <= given + row_ends;
    end
    if (flows) begin
      lengths[0] <= (beats + 1) * `LANES;
      for (integer i = 1; i < 4; i = i + 1) lengths[i] <= lengths[i-1];
    end
    if (asks) asked_once <= 1;
    if (asks) broken <= `SQUARES.broken;
    if (answers) own_asked <= asked_once;
    if (answers) own <= broken ? 16'h7E00 : `SCALE.m_axis_tdata;
  end

  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(`BUFFER.m_axis_tvalid && s_axis_gamma_tvalid && given != answered),
      .taken(`BUFFER.m_axis_tready), .last(`BUFFER.m_axis_tlast),
      .tvalid(result_valid), .tready(result_ready), .tlast(result_last), .*);
  offered_beats #(
      .WIDTH(16 * `LANES + 1)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat({m_axis_tlast, m_axis_tdata}), .*);
  offered_beats #(
      .WIDTH(16)
  ) magnitudes (
      .live(moves.live), .valid(m_axis_absmax_tvalid), .ready(m_axis_absmax_tready),
      .beat(m_axis_absmax_tdata), .*);

  // The largest magnitude of the beats delivered since the last row's end.
  reg [14:0] largest, row_largest;
  reg absmax_due;
  function automatic [14:0] with_beat(input [14:0] before_it, input [16*`LANES-1:0] beat);
    with_beat = before_it;
    for (int i = 0; i < `LANES; i = i + 1) if (beat[16*i+:15] > with_beat) with_beat = beat[16*i+:15];
  endfunction
  wire [14:0] beat_largest = with_beat(0, m_axis_tdata);
  wire [14:0] largest_now = beat_largest > largest ? beat_largest : largest;
  always @(posedge clk) begin
    if (rst) largest <= 0;
    else if (delivered) largest <= m_axis_tlast ? 0 : largest_now;
    if (rst) absmax_due <= 0;
    else if (delivered && m_axis_tlast) absmax_due <= 1;
    else if (m_axis_absmax_tready) absmax_due <= 0;
    if (delivered && m_axis_tlast) row_largest <= largest_now;
  end

  always @*
    if (moves.live) begin
      same_reset: assert (`SCALE.rst == rst && `BUFFER.rst == rst);
      counts: assert (`TOP.ask_for_row0_beats == beats && beats <= `DEPTH);
      buffer_moves: assert ((`BUFFER.s_axis_tvalid && `BUFFER.s_axis_tready) == accepted);
      buffer_data: assert (`BUFFER.s_axis_tdata == s_axis_tdata && `BUFFER.s_axis_tlast == s_axis_tlast);
      says_refused: assert (refused == `BUFFER.refused);
      squares_taken: assert (`SQUARES.take == accepted && (!accepted || flows));
      if (accepted) squares_begin: assert (`SQUARES.first == (beats == 0));
      asks_when_ended: assert (`SCALE.s_axis_tvalid == ends[3]);
      flows_unless_asking: assert (flows == (!ends[3] || asks));
      if (ends[3]) begin
        asks_with_total: assert (`SCALE.s_axis_tdata[`TOTAL_WIDTH-1:0] == `SQUARES.total);
        asks_with_length:
        assert (32'(`SCALE.s_axis_tdata[`TOTAL_WIDTH+:`LENGTH_WIDTH]) == lengths[3]);
      end
      scale_wanted: assert (`SCALE.m_axis_tready == !held);
      one_for_a_row: assert (held == (answered != given) && answered - given <= 1);
      if (held && own_asked) its_scale: assert (`TOP.scale == own);
      gamma_with_it: assert (s_axis_gamma_tready == `BUFFER.m_axis_tready);
      largest_so_far: assert (so_far == largest);
      if (result_valid) largest_of_beat: assert (highest_kept == beat_largest);
      absmax_offered: assert (m_axis_absmax_tvalid == absmax_due);
      if (absmax_due) absmax_is: assert (m_axis_absmax_tdata == {1'b0, row_largest});
      waits_for_absmax: assert (m_axis_tvalid == (result_valid && !(result_last && absmax_due)));
      when_taken: assert (result_ready == (m_axis_tready && !(result_last && absmax_due)));
      ends_with: assert (m_axis_tlast == result_last);
      cover_blocked: cover (result_valid && !m_axis_tvalid && m_axis_tready);
      cover_row: cover (delivered && m_axis_tlast && own[14:10] != 0);
    end
  generate
    for (genvar i = 0; i < 4; i = i + 1) begin : asking
      always @* if (moves.live && ends[i]) length: assert (lengths[i] >= `LANES && lengths[i] <= `DEPTH * `LANES
          && 32'(`TOP.ask_for_row0_lengths[`LENGTH_WIDTH*i+:`LENGTH_WIDTH]) == lengths[i]);
    end
  endgenerate
  always @* if (moves.live) same_ends: assert (`TOP.ask_for_row0_complete == ends);
  always @* if (asked_once) same_spoilt: assert (spoilt == broken);

  // Gamma, four registers after its beat.
  reg [2:0] age;
  reg [16*`LANES-1:0] gamma[4];
  initial age = 0;
  always @(posedge clk)
    if (advance) begin
      age <= age == 4 ? 4 : age + 1;
      gamma[0] <= s_axis_gamma_tdata;
      for (integer i = 1; i < 4; i = i + 1) gamma[i] <= gamma[i-1];
    end
  generate
    for (genvar i = 0; i < 4; i = i + 1) begin : way
      always @* if (age > i) kept: assert (gammas[16*`LANES*i+:16*`LANES] == gamma[i]);
    end
  endgenerate
`define BY_SCALE(i) tritproof_rmsnorm_absmax.u_scale_``i
`define BY_GAMMA(i) tritproof_rmsnorm_absmax.u_gamma_``i
`define LANE(i) \
  reg [15:0] made_``i; \
  reg made_before_``i; \
  initial made_before_``i = 0; \
  always @(posedge clk) if (advance) begin made_``i <= `BY_GAMMA(i).result; made_before_``i <= 1; end \
  always @* begin : lane_``i \
    magnitude: assert (`SQUARES.magnitudes[15*i+:15] == s_axis_tdata[16*i+:15]); \
    scales: assert (`BY_SCALE(i).enable == advance && `BY_SCALE(i).a == `BUFFER.m_axis_tdata[16*i+:16]); \
    if (moves.live && held && own_asked) by_own: assert (`BY_SCALE(i).b == own); \
    weighs: assert (`BY_GAMMA(i).enable == advance && `BY_GAMMA(i).b == `BY_SCALE(i).result); \
    if (age == 4) same_beat: assert (`BY_GAMMA(i).a == gamma[3][16*i+:16]); \
    if (made_before_``i) delivers: assert (m_axis_tdata[16*i+:16] == made_``i); \
  end
  `EACH_LANE
endmodule

bind tritproof_rmsnorm_absmax rmsnorm_absmax_proof proof (.*);
