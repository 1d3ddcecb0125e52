module saturating_counter(clk, rst, up, amount, level);
  input clk;
  input rst;
  input up;
  input [2:0] amount;
  output [6:0] level;
  reg [6:0] level;

  wire [7:0] raised;
  assign raised = level + amount;

  always @(posedge clk)
    if (rst) level <= 0;
    else if (up) level <= (raised > 100) ? 7'd100 : raised[6:0];
endmodule
