module balanced_sum(terms, total);
  input [127:0] terms;
  output [11:0] total;

  wire [11:0] a, b, c, d, e, f, g, h, ab, cd, ef, gh;
  assign a = terms[7:0] + terms[15:8];
  assign b = terms[23:16] + terms[31:24];
  assign c = terms[39:32] + terms[47:40];
  assign d = terms[55:48] + terms[63:56];
  assign e = terms[71:64] + terms[79:72];
  assign f = terms[87:80] + terms[95:88];
  assign g = terms[103:96] + terms[111:104];
  assign h = terms[119:112] + terms[127:120];
  assign ab = a + b;
  assign cd = c + d;
  assign ef = e + f;
  assign gh = g + h;
  assign total = (ab + cd) + (ef + gh);
endmodule
