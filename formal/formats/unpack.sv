// SPDX-License-Identifier: Apache-2.0
`include "beats.svh"

// Each word of a beat is read from its own bits, as the specification reads it; each of its trits is delivered at its
// place, three registers later, and the scale of each unit behind all trits. The parts are the real ones.
module unpack_proof #(
    parameter STAGES = 3
) (
    `BEAT_PORTS
);
  `BEATS_MOVE(`WORDS)
  localparam SCALES = golden_scale_bit(0) >= 0 ? `OUT_WIDTH - 16 * `UNITS : `OUT_WIDTH;  // where they begin
  `BEATS_AGE
  always @* if (age == 3) nothing_else: assert (m_axis_tdata[SCALES-1:0] >> (2 * `TRITS) == 0);
  function automatic [1:0] trit(input integer word, input integer place);  // 0 where it has none
    trit = place < golden_word_group(word)
        ? 2'(m_axis_tdata >> (2 * (golden_first_trit(word) + place * golden_trit_stride(word)))) : 0;
  endfunction

`define PART(i) tritproof_unpack.u_word_``i
`define WORD(i) \
  wire [`IN_WIDTH-1:0] from_``i = s_axis_tdata >> golden_first_bit(i); \
  wire [7:0] given_``i = from_``i[7:0] & ((1 << golden_word_width(i)) - 1); \
  wire [9:0] found_``i = {trit(i, 4), trit(i, 3), trit(i, 2), trit(i, 1), trit(i, 0)}; \
  reg [7:0] first_``i, second_``i; \
  reg [9:0] due_``i; \
  wire [10:0] read_``i = golden_word_read(i, second_``i); \
  assign illegal[i] = read_``i[10]; \
  always @(posedge clk) \
    if (advance) begin \
      first_``i <= given_``i; \
      second_``i <= first_``i; \
      due_``i <= read_``i[9:0]; \
    end \
  always @* begin : word_``i \
    if (age != 0) enters: assert (`PART(i).look_up_flagged0_given == first_``i); \
    if (age >= 2) decoded: assert (`PART(i).trits == read_``i[9:0] && `PART(i).illegal == read_``i[10]); \
    if (age == 3) delivered: assert (found_``i == due_``i); \
  end
  `EACH_WORD

`define UNIT(i) \
  generate \
    if (golden_scale_bit(i) >= 0) begin : scale_``i \
      reg [15:0] first, second, third; \
      wire [15:0] given = s_axis_tdata >> golden_scale_bit(i); \
      wire [15:0] newer = tritproof_unpack.scale_line[16*i+:16]; \
      wire [15:0] older = tritproof_unpack.scale_line[16*(`UNITS+i)+:16]; \
      always @(posedge clk) \
        if (advance) begin \
          first <= given; \
          second <= first; \
          third <= second; \
        end \
      always @* begin \
        if (age != 0) enters: assert (newer == first); \
        if (age >= 2) moves_on: assert (older == second); \
        if (age == 3) carried: assert (m_axis_tdata[SCALES+16*i+:16] == third); \
      end \
    end \
  endgenerate
  `EACH_UNIT
endmodule

bind tritproof_unpack unpack_proof proof (.*);
