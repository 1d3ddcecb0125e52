// SPDX-License-Identifier: Apache-2.0
`include "offered_beats.svh"

// The handshake of a block that makes a digit in a cycle: each task accepted is delivered once, STEPS + 1 cycles
// later, before the next is accepted, and a result that waits stays.
module one_at_a_time #(
    parameter STEPS = 8,
    parameter WIDTH = 8
) (
    input clk,
    input rst,
    input s_axis_tvalid,
    input s_axis_tready,
    input m_axis_tvalid,
    input m_axis_tready,
    input running,
    input done,
    input [7:0] step,
    input [WIDTH-1:0] result
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  reg owed;  // a task was accepted and is not delivered
  reg [7:0] age;  // cycles since
  always @(posedge clk) begin
    if (rst) owed <= 0;
    else if (accepted) owed <= 1;
    else if (delivered) owed <= 0;
    age <= accepted ? 1 : age == 255 ? 255 : age + 1;
  end
  offered_beats #(
      .WIDTH(WIDTH)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(result), .*);
  always @* begin
    if (live) begin
      accepts_when_free: assert (s_axis_tready == !owed);
      not_before: assert (!m_axis_tvalid || owed);
      in_time: assert (m_axis_tvalid == (owed && age > STEPS));
      owes: assert (owed == (running || done) && !(running && done));
      steps: assert (running ? step < STEPS && age == step + 1 : step == 0);
      if (done) finished: assert (age > STEPS);
    end
    cover_waits: cover (live && age > STEPS + 1 && delivered);
  end
endmodule
