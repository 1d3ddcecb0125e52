// SPDX-License-Identifier: Apache-2.0
`include "beats.svh"

// Each group of trits is given to a part of its own, and the code that it gives is delivered at its place, one
// register later.
module transcode_proof #(
    parameter STAGES = 3,
    parameter C = `CODE_WIDTH
) (
    `BEAT_PORTS
);
  `BEATS_MOVE(`GROUPS)
  always @* if (begun) nothing_else: assert (m_axis_tdata >> (C * `GROUPS) == 0);

`define PART(i) tritproof_transcode.u_group_``i
`define GROUP(i) \
  assign illegal[i] = `PART(i).illegal; \
  reg [C-1:0] due_``i; \
  always @(posedge clk) if (advance) due_``i <= `PART(i).code; \
  always @* begin : group_``i \
    given: assert (`PART(i).enable == advance && `PART(i).trits == s_axis_tdata[2*`G*i+:2*`G]); \
    if (begun) delivered: assert (m_axis_tdata[C*i+:C] == due_``i); \
  end
  `EACH_GROUP

`ifdef SMALL
  // With the real parts: what is delivered is the specification's codes of the beat taken three moves ago.
  reg [`IN_WIDTH-1:0] beats [0:STAGES-1];
  always @(posedge clk)
    if (advance) begin
      beats[0] <= s_axis_tdata;
      beats[1] <= beats[0];
      beats[2] <= beats[1];
    end
  wire [`GROUPS-1:0] unreadable;
  reg unread;
  always @(posedge clk)
    if (rst) unread <= 0;
    else if (advance && moves.came[STAGES-2] && unreadable != 0) unread <= 1;
  always @* if (moves.live) raised_by_it: assert (error == unread);
`undef GROUP
`define GROUP(i) \
  wire [C-1:0] now_``i = golden_code_of_trits(beats[2][2*`G*i+:2*`G]); \
  assign unreadable[i] = golden_code_of_trits(beats[1][2*`G*i+:2*`G]) >> C; \
  always @* if (moves.live && moves.came[STAGES-1]) begin : encodes_``i \
    code: assert (m_axis_tdata[C*i+:C] == now_``i); \
  end
  `EACH_GROUP
`endif
endmodule

bind tritproof_transcode transcode_proof proof (.*);
