// SPDX-License-Identifier: Apache-2.0
`include "beats.svh"

// Each group of trits of a beat gives the code that the specification gives it, delivered at its place three
// registers later. The parts are the real ones.
module transcode_proof #(
    parameter STAGES = 3,
    parameter C = `CODE_WIDTH
) (
    `BEAT_PORTS
);
  `BEATS_MOVE(`GROUPS)
  `BEATS_AGE
  always @* if (age == 3) nothing_else: assert (m_axis_tdata >> (C * `GROUPS) == 0);

`define PART(i) tritproof_transcode.u_group_``i
`define GROUP(i) \
  reg [2*`G-1:0] first_``i, second_``i; \
  reg [C-1:0] due_``i; \
  wire [C:0] made_``i = golden_code_of_trits(second_``i); \
  assign illegal[i] = made_``i[C]; \
  always @(posedge clk) \
    if (advance) begin \
      first_``i <= s_axis_tdata[2*`G*i+:2*`G]; \
      second_``i <= first_``i; \
      due_``i <= made_``i[C-1:0]; \
    end \
  always @* begin : group_``i \
    if (age != 0) enters: assert (`PART(i).look_up_flagged0_given == first_``i); \
    if (age >= 2) encoded: assert (`PART(i).code == made_``i[C-1:0] && `PART(i).illegal == made_``i[C]); \
    if (age == 3) delivered: assert (m_axis_tdata[C*i+:C] == due_``i); \
  end
  `EACH_GROUP
endmodule

bind tritproof_transcode transcode_proof proof (.*);
