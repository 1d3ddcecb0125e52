// SPDX-License-Identifier: Apache-2.0
`include "offered_beats.svh"
// Streams that move together through one pipeline of STAGES registers: a beat of each is taken when all are
// offered and there is room, and every beat taken is delivered once, in order, with its own tlast.
module moves_together #(
    parameter STAGES = 2
) (
    input clk,
    input rst,
    input offered,  // a beat of every stream
    input taken,
    input last,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts,
    input tvalid,
    input tready,
    input tlast,
    input pick  // free: the beat taken now is watched
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [31:0] accepted, delivered;
  reg watching, watched_last;
  reg [31:0] number, place;  // of the watched beat: how many came before it, and where it is
  always @(posedge clk) begin
    if (rst) begin
      accepted <= 0;
      delivered <= 0;
      watching <= 0;
    end else begin
      accepted <= accepted + taken;
      delivered <= delivered + (tvalid && tready);
      if (taken && pick && !watching) begin
        watching <= 1;
        watched_last <= last;
        number <= accepted;
        place <= 0;
      end else if (watching && advance) begin
        watching <= place != STAGES - 1;
        place <= place + 1;
      end
    end
  end
  offered_beats #(.WIDTH(1)) result (
      .clk(clk), .rst(rst), .live(live), .valid(tvalid), .ready(tready), .beat(tlast));
  always @* begin
    moves_when_free: assert (advance == (tready || !tvalid));
    if (live) takes_together: assert (taken == (offered && advance));
    end_is_offered: assert (tvalid == valid[STAGES-1]);
    if (live) none_lost: assert (accepted - delivered == $countones(valid));
    if (live && watching) begin
      stays_inside: assert (place < STAGES);
      is_there: assert (valid[place] && lasts[place] == watched_last);
      in_order: assert (number - delivered == $countones(valid >> (place + 1)));
      if (place == STAGES - 1) delivered_with_its_end: assert (tvalid && tlast == watched_last);
    end
    cover_full: cover (live && &valid && !tready && offered);
    cover_last: cover (live && watching && tvalid && tready && tlast && place == STAGES - 1);
    cover_gap: cover (live && valid[STAGES-1] && !valid[STAGES-2] && valid[0]);
  end
endmodule
