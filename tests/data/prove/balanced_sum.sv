// SPDX-License-Identifier: Apache-2.0
// A tree of adders and the flat sum are equal: the lemma the word-level path is tested with.
module balanced_sum_properties (input [127:0] terms, input [11:0] total);
  wire [11:0] flat = terms[7:0] + terms[15:8] + terms[23:16] + terms[31:24]
                   + terms[39:32] + terms[47:40] + terms[55:48] + terms[63:56]
                   + terms[71:64] + terms[79:72] + terms[87:80] + terms[95:88]
                   + terms[103:96] + terms[111:104] + terms[119:112] + terms[127:120];
  always @* equal: assert (total == flat);
endmodule

bind balanced_sum balanced_sum_properties properties (.*);
