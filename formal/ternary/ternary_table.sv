// SPDX-License-Identifier: Apache-2.0
`include "table_observer.svh"
`include "ternary_table_port.svh"
`include "ternary_table_lemma.svh"

// What one memory word holds. Stated for each word on its own, against one shared sum, so that no
// solver ever has to add to see that a written word is the sum that was formed for it.
module ternary_table_word_invariant (
    input signed [`ENTRY_WIDTH-1:0] word,
    input signed [31:0] expected,
    input complete,
    input writing,
    input written
);
  wire signed [31:0] actual = word;
  always @* if (complete || (writing && written)) word_holds: assert (actual == expected);
endmodule

// The table meets the contract of a read port.
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
  localparam STEPS = 1 << `INDEX_WIDTH;
  localparam [STEPS*`INDEX_WIDTH-1:0] ORDER = `FILL_ORDER;  // index written in each fill step

  wire [8*`G-1:0] held_0, held_1;
  wire complete_0, complete_1, in_order, bank, finished;
  wire [`INDEX_WIDTH-1:0] last_step;
  table_observer #(
      .WIDTH(8 * `G),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (.*);

  // One port, an arbitrary constant one, so that what is proved for it is proved for every port.
  reg [7:0] port;
  always @(posedge clk) port <= port;
  always @* exists: assume (port < `Q);
  ternary_table_port_contract contract (
      .*,
      .code(codes[port*`CODE_WIDTH+:`CODE_WIDTH]),
      .negate(negates[port]),
      .entry(entries[port*`ENTRY_WIDTH+:`ENTRY_WIDTH])
  );

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

  wire [`CODE_WIDTH-1:0] code = codes[port*`CODE_WIDTH+:`CODE_WIDTH];
  wire [32*STEPS-1:0] sums_0, sums_1;
  ternary_table_lemma lemma_0 (.activations(held_0), .code(code), .sums(sums_0));
  ternary_table_lemma lemma_1 (.activations(held_1), .code(code), .sums(sums_1));

  // The sum formed last is the entry its step is for, and every word written holds its entry.
  wire signed [31:0] actual_total = total;
  genvar step;
  generate
    for (step = 0; step < STEPS; step = step + 1) begin : walk
      localparam [`INDEX_WIDTH-1:0] INDEX = ORDER[step*`INDEX_WIDTH+:`INDEX_WIDTH];
      wire signed [31:0] expected_0 = sums_0[32*INDEX+:32];
      wire signed [31:0] expected_1 = sums_1[32*INDEX+:32];
      wire written = last_step > step || (last_step == step && !write);

      always @*
        if (in_order && last_step == step)
          sum: assert (actual_total == (bank ? expected_1 : expected_0));

`define WORD(NUMBER, BANK) \
      if (NUMBER < `MEMORIES) begin : memory_``NUMBER``_bank_``BANK \
        ternary_table_word_invariant invariant ( \
            .word(tritproof_ternary_table._memory``NUMBER``_memory[BANK*STEPS+INDEX]), \
            .expected(expected_``BANK), \
            .complete(complete_``BANK), \
            .writing(in_order && bank == BANK), \
            .written(written) \
        ); \
      end
      `WORD(0, 0)
      `WORD(0, 1)
      `WORD(1, 0)
      `WORD(1, 1)
      `WORD(2, 0)
      `WORD(2, 1)
    end
    if (`MEMORIES > 3) $error("name the words of the further memories above");
  endgenerate

  reg [1:0] reads;
  initial reads = 0;
  always @(posedge clk) if (read && (complete_0 || complete_1) && fill && !(&reads)) reads <= reads + 1'b1;
  always @* begin
    cover_both_banks: cover (complete_0 && complete_1);
    cover_read_while_filling: cover (reads == 2);
  end
endmodule

bind tritproof_ternary_table ternary_table_proof proof (.*);
