// SPDX-License-Identifier: Apache-2.0
`include "offered_beats.svh"
// As moves_together.svh, of a pipeline too long to count what is inside it: a beat of each stream is taken when all
// are offered and there is room, and leaves STAGES moves later, with its own tlast. So every beat taken is
// delivered once, in order.
module moves_in_step #(
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
    input tlast
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [STAGES-1:0] came, came_last;  // in each of the last moves, the newest lowest
  always @(posedge clk) begin
    if (rst) came <= 0;
    else if (advance) came <= {came[STAGES-2:0], taken};
    if (advance) came_last <= {came_last[STAGES-2:0], last};
  end
  offered_beats #(.WIDTH(1)) result (
      .clk(clk), .rst(rst), .live(live), .valid(tvalid), .ready(tready), .beat(tlast));
  always @* begin
    moves_when_free: assert (advance == (tready || !tvalid));
    if (live) begin
      takes_together: assert (taken == (offered && advance));
      are_there: assert (valid == came);
      with_their_ends: assert ((lasts & came) == (came_last & came));
      leaves_in_step: assert (tvalid == came[STAGES-1]);
      if (tvalid) leaves_with_its_end: assert (tlast == came_last[STAGES-1]);
    end
    cover_full: cover (live && &valid && !tready && offered);
    cover_last: cover (live && tvalid && tready && tlast);
    cover_gap: cover (live && valid[STAGES-1] && !valid[STAGES-2] && valid[0]);
  end
endmodule
