// SPDX-License-Identifier: Apache-2.0
// Four tasks share the work: each asserts its part and assumes what the ones before it assert.
`ifdef PROVE_CONTROL
`define NO_FILL
`define NO_CHAIN
`define NO_BANKS
`endif
`ifdef PROVE_FILL
`define NO_SIZES
`define NO_CHAIN
`define NO_BANKS
`define CONTROL assume
`endif
`ifdef PROVE_CHAIN
`define NO_SIZES
`define NO_FILL
`define NO_BANKS
`define CONTROL assume
`endif
`ifdef PROVE_BANKS
`define NO_SIZES
`define CONTROL assume
`define FILLS assume
`define CHAIN assume
`endif
`ifndef CONTROL
`define CONTROL assert
`endif
`ifndef FILLS
`define FILLS assert
`endif
`ifndef CHAIN
`define CHAIN assert
`endif
`include "table_observer.svh"
`include "activation_loader_steps.svh"
`include "command_guide.svh"

// The loader meets its contract. The group is an arbitrary constant: what is proved for it is proved
// for every group.
module activation_loader_proof (
    input clk,
    input rst,
    input [31:0] s_axis_command_tdata,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [8*`G-1:0] s_axis_activation_tdata,
    input s_axis_activation_tvalid,
    input s_axis_activation_tready,
    input refused,
    input [8*`G*`T-1:0] activations,
    input fill,
    input [`INDEX_WIDTH-1:0] fill_step,
    input fill_bank,
    input step_valid,
    input step_bank,
    input step_first,
    input step_last,
    input [`BEAT_WIDTH-1:0] step_beats,
    input [`LOG2_Q-1:0] step_tail,
    input step_done,
    input [1:0] state,
    input [15:0] remaining,
    input [$clog2(`T)-1:0] loader_slot,
    input first,
    input exhausted,
    input shift,
    input [8*`G-1:0] masked,
    input [`BEAT_WIDTH-1:0] beats,
    input [`LOG2_Q-1:0] tail,
    input busy_0,
    input busy_1,
    input [`BEAT_WIDTH+`LOG2_Q+1:0] record_0,
    input [`BEAT_WIDTH+`LOG2_Q+1:0] record_1
);
  localparam IDLE = 0, LOAD = 1, FILL = 2, SETTLE = 3;
  localparam STEP = `T * `G;

  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [7:0] group;
  always @(posedge clk) group <= group;
  always @* exists: assume (group < `T);

  wire [8*STEP-1:0] held_0, held_1;
  wire complete_0, complete_1, in_order, bank, finished;
  wire [`INDEX_WIDTH-1:0] last_step;
  table_observer #(
      .WIDTH(8 * STEP),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (.*);

  wire [3*32-1:0] commands;
  wire [2:0] command_count, step_count;
  wire [3*8*`G-1:0] groups;
  wire signed [31:0] offset, left, slot;
  wire [8*`G-1:0] gathered;
  activation_loader_contract contract (.*);

  // Where the commands and steps of the reference are in the loader: the older bank is read next, the
  // younger one after it, and the loader works on the newest command.
  wire older_busy = step_bank ? busy_1 : busy_0;
  wire younger_busy = step_bank ? busy_0 : busy_1;
  wire [`BEAT_WIDTH+`LOG2_Q+1:0] older = step_bank ? record_1 : record_0;
  wire [`BEAT_WIDTH+`LOG2_Q+1:0] younger = step_bank ? record_0 : record_1;
  wire older_last = older[`BEAT_WIDTH+`LOG2_Q];
  wire younger_last = younger[`BEAT_WIDTH+`LOG2_Q];
  wire signed [31:0] younger_offset = older_last ? 0 : offset + STEP;
  wire signed [31:0] loading_offset = !older_busy ? offset
      : !younger_busy ? younger_offset
      : younger_last ? 0 : younger_offset + STEP;
  wire loading = state != IDLE;
  wire step_loaded = state == FILL || state == SETTLE || (state == LOAD && exhausted);
  wire [1:0] ended = (older_busy && older_last) + (younger_busy && younger_last);
  wire [31:0] younger_command = older_last ? commands[63:32] : commands[31:0];
  wire [31:0] loading_command = ended == 0 ? commands[31:0] : ended == 1 ? commands[63:32] : commands[95:64];
  wire signed [31:0] loading_inputs = loading_command[15:0];
  wire [`BEAT_WIDTH+`LOG2_Q-1:0] loading_sizes = describe(loading_command, loading_offset);
  wire signed [31:0] wide_remaining = remaining;
  wire signed [31:0] wide_slot = loader_slot;

  function automatic [`BEAT_WIDTH+`LOG2_Q+1:0] describe(input [31:0] command, input signed [31:0] at);
    reg signed [31:0] inputs, outputs, beats, tail;
    begin
      inputs = command[15:0];
      outputs = command[31:16];
      beats = (outputs - 1) >>> `LOG2_Q;
      tail = (outputs - 1) & (`Q - 1);
      describe = {at == 0, at + STEP >= inputs, beats[`BEAT_WIDTH-1:0], tail[`LOG2_Q-1:0]};
    end
  endfunction
  function automatic fits(input [31:0] command, input signed [31:0] at);
    reg signed [31:0] inputs, outputs;
    begin
      inputs = command[15:0];
      outputs = command[31:16];
      fits = at >= 0 && at < inputs && inputs <= `MAX_INPUTS && outputs > 0 && outputs <= `MAX_OUTPUTS;
    end
  endfunction

  // The control of the loader keeps step with the reference.
  always @*
    if (live) begin
      banks_in_order: `CONTROL (older_busy || !younger_busy);
      bank_in_turn: `CONTROL (fill_bank == (step_bank ^ (older_busy != younger_busy)));
      steps_counted: `CONTROL (step_count == older_busy + younger_busy + step_loaded);
      same_left: `CONTROL (left == wide_remaining);
      slot_inside: `CONTROL (wide_slot < `T && (state == LOAD || wide_slot == 0));
      same_slot: `CONTROL (slot == (state == LOAD && !exhausted ? wide_slot : 0));
      if (state == LOAD && exhausted) padding: `CONTROL (wide_slot > 0);
      if (state == SETTLE || (state == FILL && fill_step != 0))
        bank_open: `CONTROL (!(fill_bank ? busy_1 : busy_0));
      if (state != FILL) fill_at_start: `CONTROL (fill_step == 0);
    end

`ifndef NO_SIZES
  // Each step of the loader is the step of the command that the reference has come to.
  always @*
    if (live) begin
      commands_counted: assert (command_count == ended + loading);
      if (older_busy) begin
        older_fits: assert (fits(commands[31:0], offset));
        older_described: assert (older == describe(commands[31:0], offset));
      end
      if (younger_busy) begin
        younger_fits: assert (fits(younger_command, younger_offset));
        younger_described: assert (younger == describe(younger_command, younger_offset));
      end
      if (!loading) rests: assert (loading_offset == 0 && remaining == 0);
      if (loading) begin
        loading_fits: assert (fits(loading_command, loading_offset));
        sizes_kept: assert ({beats, tail} == loading_sizes);
        first_known: assert (first == (loading_offset == 0));
      end
      if (state == LOAD && !exhausted)
        row_loading: assert (wide_remaining + loading_offset + `G * slot == loading_inputs);
      if (step_loaded && exhausted) row_ends: assert (loading_inputs <= loading_offset + STEP);
      if (step_loaded && !exhausted)
        row_goes_on: assert (wide_remaining + loading_offset + STEP == loading_inputs);
    end
`endif

  // A fill holds what is in the chain, and a bank stays complete.
  wire is_filling = state == SETTLE || (state == FILL && fill_step != 0);
`ifndef NO_FILL
  always @*
    if (live) begin
      if (is_filling) begin
        fill_in_order: `FILLS (bank == fill_bank && (state == SETTLE ? finished
            : in_order && last_step == fill_step - 1'b1));
        if (fill_bank) fill_holds_1: `FILLS (held_1 == activations);
        else fill_holds_0: `FILLS (held_0 == activations);
      end
      if (busy_0) stays_complete_0: `FILLS (complete_0);
      if (busy_1) stays_complete_1: `FILLS (complete_1);
    end
`endif

`ifndef NO_CHAIN
  // The activations of the followed group on their way: in the chain, then in the bank.
  wire [8*`G-1:0] newest = !older_busy ? groups[8*`G-1:0]
      : !younger_busy ? groups[2*8*`G-1:8*`G] : groups[3*8*`G-1:2*8*`G];
  wire [8*`G-1:0] in_step = state == LOAD && !exhausted ? gathered : newest;
  reg [`T-1:0] in_place;  // bit t: the group has come and is in register t of the chain
  reg [8*`G-1:0] followed;  // what came into the chain as the group
  always @(posedge clk)
    if (rst) in_place <= 0;
    else if (shift) begin
      if (group == wide_slot) followed <= masked;
      in_place <= {group == wide_slot, wide_slot == 0 ? {`T - 1{1'b0}} : in_place[`T-1:1]};
    end
  wire step_begun = loading && !(state == LOAD && wide_slot == 0);
  wire [`T-1:0] placed, holds;
  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : chain
      assign placed[t] = in_place[t] == (state == LOAD ? group < loader_slot && t + loader_slot == `T + group : group == t);
      assign holds[t] = ((activations[8*`G*t+:8*`G] ^ followed) & {8*`G{in_place[t]}}) == 0;
    end
  endgenerate
  always @*
    if (live) begin
      if (step_begun) begin
        place_known: `CHAIN (&placed);
        chain_holds: `CHAIN (&holds);
        if (state == FILL) front_holds: `CHAIN (group_is(activations, group, followed));
        if (state != LOAD || group < loader_slot) group_came: `CHAIN (followed == in_step);
        if (state == LOAD && group >= loader_slot) chain_pads: `CHAIN (in_step == 0);
      end
    end
`endif

`ifndef NO_BANKS
  // What a bank is filled with is what was in the chain when its fill began.
  reg [8*`G-1:0] filled_0, filled_1;
  always @(posedge clk)
    if (fill && fill_step == 0) begin
      if (fill_bank) filled_1 <= followed;
      else filled_0 <= followed;
    end
  wire [1:0] used = {busy_1, busy_0} | is_filling << fill_bank;
  wire [8*`G-1:0] item_0 = step_bank ? groups[2*8*`G-1:8*`G] : groups[8*`G-1:0];
  wire [8*`G-1:0] item_1 = step_bank ? groups[8*`G-1:0] : groups[2*8*`G-1:8*`G];
  always @*
    if (live) begin
      if (used[0]) bank_holds_0: assert (group_is(held_0, group, filled_0));
      if (used[0]) bank_item_0: assert (filled_0 == item_0);
      if (used[1]) bank_holds_1: assert (group_is(held_1, group, filled_1));
      if (used[1]) bank_item_1: assert (filled_1 == item_1);
    end
`endif

  // One run that reaches every cover and guard; the search for them alone follows it.
  wire commands_followed;
  command_guide commands_guide (.*, .followed(commands_followed));
  wire banks_full = busy_0 && busy_1 && state == FILL;
  (* keep *) wire guided = group == `T - 1 && commands_followed
      && s_axis_activation_tvalid && s_axis_activation_tdata == {`G{8'h80}}
      && step_done == (live && step_valid && (banks_full || command_count == 3));

  always @* begin
    cover_both_banks: cover (live && busy_0 && busy_1 && state == FILL);
    cover_second_step: cover (live && step_valid && offset > 0 && step_last);
    cover_three_commands: cover (live && command_count == 3);
    cover_refused: cover (live && refused && step_valid);
    cover_padded: cover (live && step_valid && groups[8*`G-1:0] == 0 && group == `T - 1 && group > slot);
  end
endmodule

bind tritproof_activation_loader activation_loader_proof proof (
    .loader_slot(slot),
    .*
);
