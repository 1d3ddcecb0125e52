// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// Four enabled cycles after a beat the total is the sum of the squares of its row so far, each of them the
// specification's: register by register, the sum of a beat by neighbours.
module row_squares_proof #(
    parameter T = `TERM_WIDTH
) (
    input clk,
    input enable,
    input take,
    input first,
    input [15*`LANES-1:0] magnitudes,
    input [`TOTAL_WIDTH-1:0] total,
    input broken,
    input [11*`LANES-1:0] taken,
    input [22*`LANES-1:0] squares_1,
    input [5*`LANES-1:0] binades_1,
    input [T*`LANES-1:0] terms_2,
    input [`SUM_WIDTH-1:0] sum_3,
    input [8:0] marks
);
  function automatic [4:0] binade(input [14:0] code);
    binade = code[14:10] == 0 ? 5'd0 : code[14:10] - 5'd1;
  endfunction
  function automatic [`SUM_WIDTH-1:0] sum_of(input [T*`LANES-1:0] terms);
    logic [`SUM_WIDTH-1:0] level[`LANES];
    for (int i = 0; i < `LANES; i = i + 1) level[i] = `SUM_WIDTH'(terms[T*i+:T]);
    for (int length = `LANES; length > 1; length = (length + 1) / 2) begin
      for (int i = 0; i < length / 2; i = i + 1) level[i] = level[2*i] + level[2*i+1];
      if (length % 2 == 1) level[length/2] = level[length-1];
    end
    sum_of = level[0];
  endfunction

  reg [1:0] age;  // how many of the last three enabled cycles there have been
  reg [15*`LANES-1:0] given_1;
  reg [22*`LANES-1:0] exact_1;  // the squares of the significands
  reg [T*`LANES-1:0] due_2;
  reg [`SUM_WIDTH-1:0] due_3;
  reg [2:0] takes, firsts, bads;
  reg begun;  // a row
  reg [127:0] total_due;  // wider than the block's, in which a row of DEPTH beats must fit
  reg [15:0] beats;  // of the row, in total_due
  reg broken_due;
  reg bad;  // an infinity or a NaN is in the beat given
  reg [T*`LANES-1:0] terms_due;  // of the beat one enabled cycle ago
  always @* begin
    bad = 0;
    for (integer i = 0; i < `LANES; i = i + 1) begin
      if (&magnitudes[15*i+10+:5]) bad = 1;
      terms_due[T*i+:T] = golden_scaled_square({1'b0, given_1[15*i+:15]}, exact_1[22*i+:22]);
    end
  end
  initial {age, begun} = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 3 ? 3 : age + 1;
      given_1 <= magnitudes;
      for (integer i = 0; i < `LANES; i = i + 1)
        exact_1[22*i+:22] <= 22'(taken[11*i+:11]) * 22'(taken[11*i+:11]);
      due_2 <= terms_due;
      due_3 <= sum_of(due_2);
      takes <= {takes[1:0], take};
      firsts <= {firsts[1:0], first};
      bads <= {bads[1:0], bad};
      if (age == 3 && takes[2]) begin
        if (firsts[2]) begun <= 1;
        total_due <= firsts[2] ? 128'(due_3) : total_due + due_3;
        beats <= firsts[2] ? 1 : &beats ? beats : beats + 1;
        broken_due <= firsts[2] ? bads[2] : broken_due || bads[2];
      end
    end

  generate
    for (genvar k = 0; k < `LANES; k = k + 1) begin : lane
      always @* begin
        operand: assert (taken[11*k+:11] == golden_squared_significand({1'b0, magnitudes[15*k+:15]}));
        if (age >= 1) begin
          squared: assert (squares_1[22*k+:22] == exact_1[22*k+:22]);
          if (&given_1[15*k+10+:5]) no_number: assert (exact_1[22*k+:22] == 0);
          scaled_by: assert (binades_1[5*k+:5] == binade(given_1[15*k+:15]));
        end
        if (age >= 2) exact_square: assert (terms_2[T*k+:T] == due_2[T*k+:T]);
      end
    end
  endgenerate
  always @* begin
    if (age == 3) exact_sum: assert (sum_3 == due_3 && !due_3[`SUM_WIDTH-1]);
    if (age >= 1) marks_1: assert (marks[2:0] == {bads[0], firsts[0], takes[0]});
    if (age >= 2) marks_2: assert (marks[5:3] == {bads[1], firsts[1], takes[1]});
    if (age == 3) marks_3: assert (marks[8:6] == {bads[2], firsts[2], takes[2]});
    if (begun) begin
      ages: assert (age == 3);
      modulo: assert (total == `TOTAL_WIDTH'(total_due));
      counted: assert (beats >= 1);
      if (beats <= `DEPTH) begin
        bounded: assert (total_due <= (128'(beats) << (`SUM_WIDTH - 1)) - beats);
        exact_total: assert (128'(total) == total_due);
      end
      says_broken: assert (broken == broken_due);
    end
    cover_two_beats: cover (begun && takes[2] && !firsts[2] && total_due[T-1]);
    cover_longest: cover (begun && beats == (`DEPTH < 4 ? `DEPTH : 4));
    cover_broken: cover (begun && broken && total != 0);
  end
endmodule

bind tritproof_row_squares row_squares_proof proof (.*);
