// SPDX-License-Identifier: Apache-2.0
// The contract of activation_loader: asserted where the loader itself is proved, assumed where it is a
// part of tlmm. A reference reads the command and activation streams alone and says which step comes
// next, and what one group of its activations is.
`include "parameters.svh"
`include "reference_queue.svh"
`ifdef ASSUME_ACTIVATION_LOADER
`define LOADER_GUARANTEE assume
`define LOADER_REQUIREMENT assert
`else
`define LOADER_GUARANTEE assert
`define LOADER_REQUIREMENT assume
`endif

// True when group `number` of a step is `value`: one masked difference for each group, which solvers
// follow through a move more easily than a choice among all groups.
function automatic group_is(
    input [8*`G*`T-1:0] step, input [7:0] number, input [8*`G-1:0] value
);
  reg [8*`G*`T-1:0] differences;
  for (integer t = 0; t < `T; t = t + 1)
    differences[8*`G*t+:8*`G] = (step[8*`G*t+:8*`G] ^ value) & {8 * `G{number == t}};
  group_is = differences == 0;
endfunction

module activation_loader_contract (
    input clk,
    input rst,
    input live,  // a reset has taken place
    input [31:0] s_axis_command_tdata,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [8*`G-1:0] s_axis_activation_tdata,
    input s_axis_activation_tvalid,
    input s_axis_activation_tready,
    input refused,
    input fill,
    input fill_bank,
    input step_valid,
    input step_bank,
    input step_first,
    input step_last,
    input [`BEAT_WIDTH-1:0] step_beats,
    input [`LOG2_Q-1:0] step_tail,
    input step_done,
    input [7:0] group,  // the group whose activations are followed: an arbitrary constant below T
    input [8*`G*`T-1:0] held_0,  // by the table_observer
    input [8*`G*`T-1:0] held_1,
    input complete_0,
    input complete_1,
    output [3*32-1:0] commands,  // outputs and inputs of each command under way, as on the stream
    output [2:0] command_count,
    output [3*8*`G-1:0] groups,  // the group in each step that is loaded and not yet done
    output [2:0] step_count,
    output reg signed [31:0] offset,  // first input of the step to be done next
    output reg signed [31:0] left,  // inputs of the newest command not yet taken
    output reg signed [31:0] slot,  // groups taken of the step that is being loaded
    output reg [8*`G-1:0] gathered  // the group in that step, zero while it has not come
);
  // Commands, in order. One with a size of zero or above the maximum is refused and forgotten.
  wire signed [31:0] inputs = s_axis_command_tdata[15:0];
  wire signed [31:0] outputs = s_axis_command_tdata[31:16];
  wire taken = s_axis_command_tvalid && s_axis_command_tready;
  wire legal = inputs > 0 && inputs <= `MAX_INPUTS && outputs > 0 && outputs <= `MAX_OUTPUTS;
  reg refusing;
  always @(posedge clk) refusing <= !rst && taken && !legal;

  wire command_done;
  reference_queue #(
      .WIDTH(32)
  ) command_queue (
      .clk,
      .rst,
      .push(taken && legal),
      .pop(command_done),
      .item(s_axis_command_tdata),
      .items(commands),
      .count(command_count)
  );

  // Activations: each command takes ceil(inputs / G) beats and each step T of them, its last step
  // what is left; an activation past the last input counts as zero.
  wire beat = s_axis_activation_tvalid && s_axis_activation_tready;
  wire [8*`G-1:0] masked;
  genvar j;
  generate
    for (j = 0; j < `G; j = j + 1) begin : element
      assign masked[8*j+:8] = j < left ? s_axis_activation_tdata[8*j+:8] : 8'd0;
    end
  endgenerate
  wire [8*`G-1:0] gathered_next = slot == group ? masked : slot == 0 ? {8 * `G{1'b0}} : gathered;
  wire loaded = beat && (slot == `T - 1 || left <= `G);
  always @(posedge clk)
    if (rst) begin
      left <= 0;
      slot <= 0;
    end else if (taken && legal) left <= inputs;
    else if (beat) begin
      left <= left > `G ? left - `G : 0;
      slot <= loaded ? 0 : slot + 1;
      gathered <= gathered_next;
    end
  reference_queue #(
      .WIDTH(8 * `G)
  ) step_queue (
      .clk,
      .rst,
      .push(loaded),
      .pop(step_done),
      .item(gathered_next),
      .items(groups),
      .count(step_count)
  );

  // Steps are done in order, ceil(inputs / (T*G)) of each command.
  wire signed [31:0] command_inputs = commands[15:0];
  wire signed [31:0] command_outputs = commands[31:16];
  wire last = offset + `T * `G >= command_inputs;
  assign command_done = step_done && last;
  always @(posedge clk)
    if (rst) offset <= 0;
    else if (step_done) offset <= last ? 0 : offset + `T * `G;

  reg waiting, waiting_bank;
  initial waiting = 0;
  always @(posedge clk) begin
    waiting <= !rst && live && step_valid && !step_done;
    waiting_bank <= step_bank;
  end

  wire signed [31:0] beats = step_beats;
  wire signed [31:0] tail = step_tail;
  always @*
    if (live) begin
      done_when_valid: `LOADER_REQUIREMENT (!step_done || step_valid);
      refused_is_right: `LOADER_GUARANTEE (refused == refusing);
      command_waits: `LOADER_GUARANTEE (!s_axis_command_tready || left == 0);
      activations_wait: `LOADER_GUARANTEE (!s_axis_activation_tready || (left > 0 && step_count < 3));
      if (waiting) step_stays: `LOADER_GUARANTEE (step_valid && step_bank == waiting_bank);
      if (step_valid) begin
        step_exists: `LOADER_GUARANTEE (step_count > 0);
        bank_is_quiet: `LOADER_GUARANTEE (!fill || fill_bank != step_bank);
      end
    end

`ifndef NO_SIZES
  // The step that is offered is the next one of its command.
  always @*
    if (live) begin
      commands_wait: `LOADER_GUARANTEE (!s_axis_command_tready || command_count < 3);
      if (step_valid) begin
        command_exists: `LOADER_GUARANTEE (command_count > 0);
        sizes_are_legal: `LOADER_GUARANTEE (command_inputs <= `MAX_INPUTS && command_outputs > 0
            && command_outputs <= `MAX_OUTPUTS);
        offset_is_inside: `LOADER_GUARANTEE (offset >= 0 && offset < command_inputs);
        first_is_right: `LOADER_GUARANTEE (step_first == (offset == 0));
        last_is_right: `LOADER_GUARANTEE (step_last == last);
        beats_are_right: `LOADER_GUARANTEE (beats == (command_outputs - 1) >>> `LOG2_Q);
        tail_is_right: `LOADER_GUARANTEE (tail == ((command_outputs - 1) & (`Q - 1)));
      end
    end
`endif

`ifndef NO_BANKS
  // Its bank holds its activations.
  always @*
    if (live && step_valid) begin
      bank_is_complete: `LOADER_GUARANTEE (step_bank ? complete_1 : complete_0);
      group_is_right: `LOADER_GUARANTEE (group_is(step_bank ? held_1 : held_0, group, groups[8*`G-1:0]));
    end
`endif
endmodule
