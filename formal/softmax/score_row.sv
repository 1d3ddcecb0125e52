// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "holds.svh"

// Of one bank and one place in it, arbitrary constants both: what was read there is, two moves later, the
// specification's distance of the score taken last at that place from the largest score of the row.
module score_row_proof (
    input clk,
    input take,
    input first,
    input keep,
    input bank,
    input [`INDEX_WIDTH-1:0] place,
    input signed [`VALUE_WIDTH-1:0] value,
    input move,
    input read_bank,
    input [`INDEX_WIDTH-1:0] read_place,
    input early,
    input [`DISTANCE_WIDTH-1:0] distance,
    input signed [`VALUE_WIDTH-1:0] largest_0,
    input signed [`VALUE_WIDTH-1:0] largest_1,
    input signed [`VALUE_WIDTH-1:0] score,
    input signed [`VALUE_WIDTH-1:0] kept_largest,
    input kept_early
);
  reg side;
  reg [`INDEX_WIDTH-1:0] entry;
  always @(posedge clk) begin
    side <= side;
    entry <= entry;
  end

  reg begun, known;  // there was a first score in the bank; since then one at the place
  reg signed [63:0] largest, kept;
  initial {begun, known} = 0;
  wire taken = take && bank == side;
  wire here = taken && keep && place == entry;
  always @(posedge clk)
    if (taken) begin
      begun <= begun || first;
      known <= here ? begun || first : known && !first;
      largest <= first || value > largest ? 64'(value) : largest;
      if (here) kept <= value;
    end

  holds #(.WIDTH(`DISTANCE_WIDTH)) held (.value(distance), .*);

  // What was read one and two moves ago.
  wire reads = read_bank == side && read_place == entry;
  reg [1:0] read, wholly, earlies;
  reg signed [63:0] largest_was, kept_was;
  reg [63:0] due;
  initial read = 0;
  always @(posedge clk)
    if (move) begin
      read <= {read[0], reads};
      wholly <= {wholly[0], known};
      earlies <= {earlies[0], early};
      {largest_was, kept_was} <= {largest, kept};
      due <= golden_distance(largest_was[`VALUE_WIDTH-1:0], kept_was[`VALUE_WIDTH-1:0]);
    end

  wire [63:0] wide_distance = distance;
  wire signed [63:0] wide_largest = side ? 64'(largest_1) : 64'(largest_0);
  wire signed [`VALUE_WIDTH-1:0] word = tritproof_score_row.memory0_words[{side, entry}];
  wire signed [63:0] wide_word = word, wide_score = score, wide_kept_largest = kept_largest;
  always @* begin
    if (read[1] && earlies[1]) all_ones: assert (&distance);
    if (read[1] && !earlies[1] && wholly[1]) exact: assert (wide_distance == due);
    if (known) not_above: assert (begun && kept <= largest);
    if (begun) same_largest: assert (wide_largest == largest);
    if (known) same_word: assert (wide_word == kept);
    if (read[0]) same_early: assert (kept_early == earlies[0]);
    if (read[0] && wholly[0]) fetched: assert (wide_score == kept_was && wide_kept_largest == largest_was
        && kept_was <= largest_was);
    cover_far: cover (read[1] && !earlies[1] && wholly[1] && &distance);
    cover_largest: cover (read[1] && !earlies[1] && wholly[1] && distance == 0 && largest < 0);
    cover_early: cover (read[1] && earlies[1]);
  end
endmodule

bind tritproof_score_row score_row_proof proof (.*);
