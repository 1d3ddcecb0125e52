// SPDX-License-Identifier: Apache-2.0
`include "table_observer.svh"
`include "ternary_table_lemma.svh"
`include "ternary_table_port.svh"

// Why the table meets its contract: the sum formed last is the entry its step is for, and every
// word written holds its entry.
module ternary_table_invariants (
    input clk,
    input [8*`G-1:0] chosen,
    input [`CODE_WIDTH-1:0] chosen_code,
    input signed [31:0] dot,
    input chosen_0,  // bank 0 was, or is being, filled with the chosen activations
    input chosen_1,
    input complete_0,
    input complete_1,
    input in_order,
    input bank,
    input [`INDEX_WIDTH-1:0] last_step,
    input finished,
    input signed [`ENTRY_WIDTH-1:0] total,
    input write,
    input [`INDEX_WIDTH:0] write_address
);
  localparam STEPS = 1 << `INDEX_WIDTH;
  localparam [STEPS*`INDEX_WIDTH-1:0] ORDER = `FILL_ORDER;  // index written in each fill step

  // Any numbers that are related as the lemma task proves those of the specification to be: what holds
  // for all such numbers holds for these.
  reg [(32<<`INDEX_WIDTH)-1:0] sums;
  always @(posedge clk) sums <= sums;
  ternary_table_relations relations (.*, .activations(chosen), .code(chosen_code));

  reg started;  // the write registers hold nothing sensible before the first clock edge
  initial started = 0;
  always @(posedge clk) started <= 1;

  wire [`INDEX_WIDTH-1:0] last_index = ORDER[last_step*`INDEX_WIDTH+:`INDEX_WIDTH];
  always @* begin
    if (!started) fresh: assert (!complete_0 && !complete_1 && !in_order && !finished);
    if (started && write) write_bank: assert (write_address[`INDEX_WIDTH] == bank);
    if (started && write) write_open: assert (!(bank ? complete_1 : complete_0));
    if (write && in_order) write_index: assert (write_address[`INDEX_WIDTH-1:0] == last_index);
    if (finished) finish: assert (in_order && write && last_step == STEPS - 1);
    if (in_order && (bank ? complete_1 : complete_0)) rest: assert (last_step == STEPS - 1);
  end

  wire signed [31:0] wide_total = total;
  genvar step;
  generate
    for (step = 0; step < STEPS; step = step + 1) begin : walk
      localparam [`INDEX_WIDTH-1:0] INDEX = ORDER[step*`INDEX_WIDTH+:`INDEX_WIDTH];
      wire signed [31:0] expected = sums[32*INDEX+:32];
      wire written = last_step > step || (last_step == step && !write);
      wire holds_0 = chosen_0 && (complete_0 || (in_order && !bank && written));
      wire holds_1 = chosen_1 && (complete_1 || (in_order && bank && written));
      always @*
        if (in_order && last_step == step && (bank ? chosen_1 : chosen_0))
          sum: assert (wide_total == expected);
`define MEMORY(NUMBER) \
      begin : memory_``NUMBER \
        wire signed [31:0] word_0 = $signed(tritproof_ternary_table._memory``NUMBER``_memory[INDEX]); \
        wire signed [31:0] word_1 = $signed(tritproof_ternary_table._memory``NUMBER``_memory[STEPS+INDEX]); \
        if (NUMBER == 0) begin : first \
          always @* if (holds_0) word_0_holds: assert (word_0 == expected); \
          always @* if (holds_1) word_1_holds: assert (word_1 == expected); \
        end else begin : copy \
          always @* if (holds_0) word_0_same: assert (word_0 == memory_0.word_0); \
          always @* if (holds_1) word_1_same: assert (word_1 == memory_0.word_1); \
        end \
      end
      `EACH_MEMORY
    end
  endgenerate
endmodule

// The table meets the contract of a read port. The port, the code and the activations of a fill are
// arbitrary constants: what is proved for them is proved for every read.
module ternary_table_proof (
    input clk,
    input [8*`G-1:0] activations,
    input fill,
    input [`INDEX_WIDTH-1:0] fill_step,
    input fill_bank,
    input read,
    input read_bank,
    input [`Q*`CODE_WIDTH-1:0] codes,
    input [`Q-1:0] negates,
    input [`Q*`ENTRY_WIDTH-1:0] entries,
    input signed [`ENTRY_WIDTH-1:0] total,
    input write,
    input [`INDEX_WIDTH:0] write_address
);
  wire [8*`G-1:0] held_0, held_1;
  wire complete_0, complete_1, in_order, bank, finished;
  wire [`INDEX_WIDTH-1:0] last_step;
  table_observer #(
      .WIDTH(8 * `G),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (.*);

  reg [8*`G-1:0] chosen;
  reg [`CODE_WIDTH-1:0] chosen_code;
  reg [7:0] port;
  always @(posedge clk) begin
    chosen <= chosen;
    chosen_code <= chosen_code;
    port <= port;
  end
  always @* exists: assume (port < `Q);

`ifdef SMALL
  wire signed [31:0] dot = golden_ternary_dot(chosen_code, chosen);
`else
  reg signed [31:0] dot;  // see the invariants
  always @(posedge clk) dot <= dot;
`endif
  wire due;
  ternary_table_port_contract contract (
      .*,
      .code(codes[port*`CODE_WIDTH+:`CODE_WIDTH]),
      .negate(negates[port]),
      .entry(entries[port*`ENTRY_WIDTH+:`ENTRY_WIDTH])
  );

  // The sign is that of the code, also where the entry is zero.
  localparam [(1<<`CODE_WIDTH)-1:0] SIGNS = `DECODED_NEGATES;
  always @* if (due) sign_is_named: assert (negates[port] == SIGNS[chosen_code]);

`ifndef SMALL
  ternary_table_invariants invariants (
      .*,
      .chosen_0(held_0 == chosen),
      .chosen_1(held_1 == chosen)
  );
`endif

  reg [1:0] reads;
  initial reads = 0;
  always @(posedge clk) if (read && (complete_0 || complete_1) && fill && !(&reads)) reads <= reads + 1'b1;
  always @* begin
    cover_both_banks: cover (complete_0 && complete_1);
    cover_read_while_filling: cover (reads == 2);
  end
endmodule

bind tritproof_ternary_table ternary_table_proof proof (.*);
