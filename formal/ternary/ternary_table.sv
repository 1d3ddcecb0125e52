// SPDX-License-Identifier: Apache-2.0
`include "table_observer.svh"
`include "ternary_table_lemma.svh"
`include "ternary_table_port.svh"
`ifdef PROVE_READ
`define FILL assume
`else
`define FILL assert
`endif

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
  always @* if (complete || (writing && written)) word_holds: `FILL (actual == expected);
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

  // The activations of one fill and the port that reads it, arbitrary constant ones: what is proved
  // for them is proved for every fill and every port.
  reg [8*`G-1:0] chosen;
  reg [7:0] port;
  always @(posedge clk) begin
    chosen <= chosen;
    port <= port;
  end
  always @* exists: assume (port < `Q);
  wire [`CODE_WIDTH-1:0] code = codes[port*`CODE_WIDTH+:`CODE_WIDTH];
  wire chosen_0 = held_0 == chosen, chosen_1 = held_1 == chosen;

  // What the entries ought to be; their relations are proved by the lemma task.
  wire [(32<<`INDEX_WIDTH)-1:0] sums;
  ternary_table_lemma lemma (.activations(chosen), .code(code), .sums(sums));

`ifdef PROVE_READ
  ternary_table_port_contract contract (
      .*,
      .watch(read_bank ? chosen_1 : chosen_0),
      .held_0(chosen),
      .held_1(chosen),
      .negate(negates[port]),
      .entry(entries[port*`ENTRY_WIDTH+:`ENTRY_WIDTH])
  );
`endif

  reg started;  // the write registers hold nothing sensible before the first clock edge
  initial started = 0;
  always @(posedge clk) started <= 1;

  wire [`INDEX_WIDTH-1:0] last_index = ORDER[last_step*`INDEX_WIDTH+:`INDEX_WIDTH];
  always @* begin
    if (!started) fresh: `FILL (!complete_0 && !complete_1 && !in_order && !finished);
    if (started && write) write_bank: `FILL (write_address[`INDEX_WIDTH] == bank);
    if (started && write) write_open: `FILL (!(bank ? complete_1 : complete_0));
    if (write && in_order) write_index: `FILL (write_address[`INDEX_WIDTH-1:0] == last_index);
    if (finished) finish: `FILL (in_order && write && last_step == STEPS - 1);
    if (in_order && (bank ? complete_1 : complete_0)) rest: `FILL (last_step == STEPS - 1);
  end

  // The sum formed last is the entry its step is for, and every word written holds its entry.
  wire signed [31:0] actual_total = total;
  genvar step;
  generate
    for (step = 0; step < STEPS; step = step + 1) begin : walk
      localparam [`INDEX_WIDTH-1:0] INDEX = ORDER[step*`INDEX_WIDTH+:`INDEX_WIDTH];
      wire signed [31:0] expected = sums[32*INDEX+:32];
      wire written = last_step > step || (last_step == step && !write);

      always @*
        if (in_order && last_step == step && (bank ? chosen_1 : chosen_0))
          sum: `FILL (actual_total == expected);

`define WORD(NUMBER, BANK) \
      if (NUMBER < `MEMORIES) begin : memory_``NUMBER``_bank_``BANK \
        ternary_table_word_invariant invariant ( \
            .word(tritproof_ternary_table._memory``NUMBER``_memory[BANK*STEPS+INDEX]), \
            .expected(expected), \
            .complete(complete_``BANK && chosen_``BANK), \
            .writing(in_order && bank == BANK && chosen_``BANK), \
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
