// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_ACTIVATION_LOADER
`define ASSUME_TERNARY_LOOKUP
`define FREE_BEAT
`endif
`include "table_observer.svh"
`include "activation_loader_steps.svh"
`include "ternary_lookup_lane.svh"
`include "command_guide.svh"
`include "offered_beats.svh"

// What the engine owes its user, from the streams alone. The reference takes the weight beats in order,
// knows from the loader's contract which step of which command each belongs to, and adds up, for one
// output beat `index` and one lane, arbitrary constants both, what the step's activations and the codes
// of that lane make. Each weight beat of a command's last step owes one result beat, in order.
module tlmm_reference #(
    parameter STAGES = 4  // advancing cycles from a weight beat to its result
) (
    input clk,
    input rst,
    input weight_beat,  // a weight beat moves
    input signed [31:0] beat,  // what its lane adds
    input step_done,
    input advance,  // no result is kept waiting
    input [31:0] command,
    input signed [31:0] offset,
    input signed [31:0] index,
    output reg signed [31:0] taken,  // weight beats of this step
    output signed [31:0] beats,  // weight beats of every step of the command, minus 1
    output first,
    output last,
    output reg signed [31:0] sum,  // of output beat `index` so far, while `begun`
    output reg begun,
    output [STAGES:0] valid,  // bit i: a weight beat moved i + 1 advancing cycles ago
    output [STAGES:0] watched,  // of these, those of output beat `index`
    output [STAGES:0] first_line,
    output [STAGES:0] last_line,
    output [STAGES:0] final_line,
    output [32*(STAGES+1)-1:0] tail_line,
    output [32*(STAGES+1)-1:0] earlier_line,  // the sum before and after this beat, what it adds, and
    output [32*(STAGES+1)-1:0] later_line,  // the magnitude that neither sum passes
    output [32*(STAGES+1)-1:0] added_line,
    output [32*(STAGES+1)-1:0] reach_line
);
  localparam STEP = `T * `G;
  wire signed [31:0] inputs = command[15:0];
  wire signed [31:0] outputs = command[31:16];
  assign beats = (outputs - 1) >>> `LOG2_Q;
  wire signed [31:0] tail = (outputs - 1) & (`Q - 1);
  assign first = offset == 0;
  assign last = offset + STEP >= inputs;
  wire signed [31:0] earlier = first ? 0 : sum;
  wire signed [31:0] later = earlier + beat;
  wire signed [31:0] reach = 128 * (offset + STEP);

  always @(posedge clk)
    if (rst) begin
      taken <= 0;
      begun <= 0;
    end else begin
      taken <= step_done ? 0 : taken + weight_beat;
      if (weight_beat && taken == index) begin
        sum <= later;
        begun <= !last;
      end
    end

  localparam WIDTH = 5 + 5 * 32;
  wire [WIDTH-1:0] entry = {weight_beat, taken == index, first, last, taken == beats, tail,
       earlier, later, beat, reach};
  genvar stage;
  generate
    for (stage = 0; stage <= STAGES; stage = stage + 1) begin : line
      reg [WIDTH-1:0] kept;
      wire [WIDTH-1:0] incoming;
      if (stage == 0) assign incoming = entry;
      else assign incoming = line[stage-1].kept;
      always @(posedge clk) begin
        if (advance) kept <= incoming;
        if (rst) kept[WIDTH-1] <= 0;
      end
      assign {valid[stage], watched[stage], first_line[stage], last_line[stage], final_line[stage],
          tail_line[32*stage+:32], earlier_line[32*stage+:32], later_line[32*stage+:32],
          added_line[32*stage+:32], reach_line[32*stage+:32]} = kept;
    end
  endgenerate
endmodule

module tlmm_proof #(
    parameter STAGES = 1 + `TREE_LEVELS
) (
    input clk,
    input rst,
    input [31:0] s_axis_command_tdata,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [8*`G-1:0] s_axis_activation_tdata,
    input s_axis_activation_tvalid,
    input s_axis_activation_tready,
    input [`WEIGHT_WIDTH-1:0] s_axis_weight_tdata,
    input s_axis_weight_tvalid,
    input s_axis_weight_tready,
    input [`Q*`LANE_WIDTH-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input [`Q*`LANE_WIDTH/8-1:0] m_axis_tkeep,
    input refused,
    input [31:0] position,
    input beats_done,
    input [STAGES:0] valid_line,
    input [STAGES-2:0] first_line,
    input [STAGES:0] last_line,
    input [STAGES:0] final_line,
    input [`BEAT_WIDTH*(STAGES+1)-1:0] index_line,
    input [`LOG2_Q*(STAGES+1)-1:0] tail_line,
    input [`Q*`ACCUMULATOR_WIDTH-1:0] present,
    input [`Q*`ACCUMULATOR_WIDTH-1:0] results
);
  localparam STEP = `T * `G;
  localparam WIDTH = `ACCUMULATOR_WIDTH;

  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [7:0] group;
  reg [7:0] lane;
  reg signed [31:0] index;
  always @(posedge clk) begin
    group <= group;
    lane <= lane;
    index <= index;
  end
  always @* exist: assume (group < `T && lane < `Q && index >= 0 && index < `MAX_BEATS);

  // The loader and the data path, by the wires that really reach them.
`define LOADER tritproof_tlmm.u_loader
`define LOOKUP tritproof_tlmm.u_lookup
  always @*
    if (live) begin
      command_wired: assert (`LOADER.s_axis_command_tdata == s_axis_command_tdata
          && `LOADER.s_axis_command_tvalid == s_axis_command_tvalid
          && `LOADER.s_axis_command_tready == s_axis_command_tready);
      activation_wired: assert (`LOADER.s_axis_activation_tdata == s_axis_activation_tdata
          && `LOADER.s_axis_activation_tvalid == s_axis_activation_tvalid
          && `LOADER.s_axis_activation_tready == s_axis_activation_tready);
      control_wired: assert (`LOADER.rst == rst && `LOADER.refused == refused);
      fill_wired: assert (`LOOKUP.activations == `LOADER.activations && `LOOKUP.fill == `LOADER.fill
          && `LOOKUP.fill_step == `LOADER.fill_step && `LOOKUP.fill_bank == `LOADER.fill_bank);
    end

  wire [8*STEP-1:0] held_0, held_1;
  wire complete_0, complete_1, in_order, bank, finished;
  wire [`INDEX_WIDTH-1:0] last_step;
  table_observer #(
      .WIDTH(8 * STEP),
      .STEP_WIDTH(`INDEX_WIDTH)
  ) observer (
      .*,
      .activations(`LOOKUP.activations),
      .fill(`LOOKUP.fill),
      .fill_step(`LOOKUP.fill_step),
      .fill_bank(`LOOKUP.fill_bank)
  );

  wire step_valid = `LOADER.step_valid, step_bank = `LOADER.step_bank, step_done = `LOADER.step_done;
  wire [3*32-1:0] commands;
  wire [2:0] command_count, step_count;
  wire [3*8*`G-1:0] groups;
  wire signed [31:0] offset, left, slot;
  wire [8*`G-1:0] gathered;
  activation_loader_contract loader (
      .*,
      .fill(`LOOKUP.fill),
      .fill_bank(`LOOKUP.fill_bank),
      .step_first(`LOADER.step_first),
      .step_last(`LOADER.step_last),
      .step_beats(`LOADER.step_beats),
      .step_tail(`LOADER.step_tail)
  );

  // What the lane adds in this beat: a function of its codes on the stream and of the activations of
  // the step, which by the loader's contract are those held by the bank.
  wire weight_beat = s_axis_weight_tvalid && s_axis_weight_tready;
  wire [`T*`CODE_WIDTH-1:0] lane_codes, reaching_codes;
  wire signed [31:0] beat;
  assign lane_codes = s_axis_weight_tdata >> (lane * `T * `CODE_WIDTH);
  assign reaching_codes = `LOOKUP.codes >> (lane * `T * `CODE_WIDTH);
  ternary_lookup_beat lane_beat (.lane_codes, .held(step_bank ? held_1 : held_0), .beat);
  always @*
    if (live && weight_beat)
      same_arguments: assert (reaching_codes == lane_codes && `LOOKUP.read_bank == step_bank);

  wire [`TREE_LEVELS:0] due;
  wire [32*(`TREE_LEVELS+1)-1:0] expected;
  wire [`Q*`TOTAL_WIDTH-1:0] lane_totals = `LOOKUP.totals >> (lane * `TOTAL_WIDTH);
  wire [`Q-1:0] lane_negates = `LOOKUP.negates >> lane;
  ternary_lookup_lane_contract lookup (
      .clk,
      .advance(`LOOKUP.advance),
      .match(weight_beat && (step_bank ? complete_1 : complete_0)),
      .beat,
      .negate(lane_negates[0]),
      .total(lane_totals[`TOTAL_WIDTH-1:0]),
      .due,
      .expected
  );

  // The results owed.
  wire signed [31:0] taken, beats, sum;
  wire first, last, begun;
  wire [STAGES:0] valid, watched, is_first, is_last, is_final;
  wire [32*(STAGES+1)-1:0] tails, earlier_line, later_line, added_line, reach_line;
  wire advance = !m_axis_tvalid || m_axis_tready;
  tlmm_reference #(
      .STAGES(STAGES)
  ) reference (
      .*,
      .command(commands[31:0]),
      .first_line(is_first),
      .last_line(is_last),
      .final_line(is_final),
      .tail_line(tails)
  );

  wire signed [31:0] owed = later_line[32*STAGES+:32];
  wire [`Q*`LANE_WIDTH-1:0] lane_result = m_axis_tdata >> (lane * `LANE_WIDTH);
  wire signed [`LANE_WIDTH-1:0] result = lane_result[`LANE_WIDTH-1:0];
  wire signed [31:0] wide_result = result;
  wire signed [31:0] owed_tail = tails[32*STAGES+:32];
  offered_beats #(
      .WIDTH(`Q * `LANE_WIDTH * 9 / 8 + 1)
  ) offered (
      .clk,
      .rst,
      .live,
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tdata, m_axis_tkeep, m_axis_tlast})
  );
  wire [`Q-1:0] keep_is_right;
  genvar q;
  generate
    for (q = 0; q < `Q; q = q + 1) begin : keep
      wire kept = !is_final[STAGES] || q <= owed_tail;
      assign keep_is_right[q] = m_axis_tkeep[`LANE_WIDTH/8*q+:`LANE_WIDTH/8] == {`LANE_WIDTH / 8{kept}};
    end
  endgenerate
  always @*
    if (live) begin
      // The goals: a result beat for every weight beat of a last step, in order and none else; each
      // holds the sum over all steps; tlast and tkeep say what is the last output.
      none_lost_or_made_up: assert (m_axis_tvalid == (valid[STAGES] && is_last[STAGES]));
      if (m_axis_tvalid) begin
        last_is_marked: assert (m_axis_tlast == is_final[STAGES]);
        keep_marks_outputs: assert (&keep_is_right);
        if (watched[STAGES]) product_is_exact: assert (wide_result == owed);
      end
      first_is_kept: assert (m_axis_tkeep[`LANE_WIDTH/8-1:0] == {`LANE_WIDTH / 8{m_axis_tvalid}});
      if (s_axis_weight_tready) weight_is_wanted: assert (step_valid && taken <= beats && advance);
      if (step_done) step_is_finished: assert (taken + weight_beat == beats + 1);
    end

`ifndef SMALL
  // What makes the goals inductive.
  wire signed [31:0] place = position;
  wire signed [31:0] next_place = place >= 2 && place >= beats ? 0 : place + 1;
  wire [`Q*WIDTH-1:0] lane_present = present >> (lane * WIDTH);
  wire [`Q*WIDTH-1:0] lane_sum = results >> (lane * WIDTH);
  wire [`Q*WIDTH-1:0] lane_word = tritproof_tlmm._accumulators0_memory[index] >> (lane * WIDTH);
  wire signed [WIDTH-1:0] present_value = lane_present[WIDTH-1:0];
  wire signed [WIDTH-1:0] sum_value = lane_sum[WIDTH-1:0];
  wire signed [WIDTH-1:0] word_value = lane_word[WIDTH-1:0];
  wire signed [31:0] wide_present = present_value, wide_sum = sum_value, wide_word = word_value;
  localparam signed [31:0] LARGEST = 128 * STEP;  // magnitude of one beat
  localparam signed [31:0] FARTHEST = 128 * (`MAX_INPUTS - 1 + STEP);

  // The sum written last, and for each stage the newest sum that is ahead of it.
  wire [STAGES:0] here = valid & watched;
  reg signed [31:0] written, written_reach;
  reg written_known;
  initial written_known = 0;
  always @(posedge clk)
    if (live && here[STAGES] && !is_last[STAGES]) begin
      written <= owed;
      written_reach <= reach_line[32*STAGES+:32];
      written_known <= 1;
    end
  wire [STAGES+1:0] ahead_known, ahead_last;
  wire [32*(STAGES+2)-1:0] ahead, ahead_reach;
  always @* if (!live) nothing_written: assert (!written_known);
  assign ahead_known[STAGES+1] = written_known;
  assign ahead_last[STAGES+1] = 0;
  assign ahead[32*(STAGES+1)+:32] = written;
  assign ahead_reach[32*(STAGES+1)+:32] = written_reach;

  always @*
    if (live) begin
      done_past_the_end: assert (beats_done == (place > 0 && place > beats));
      if (place <= beats) same_place: assert (taken == place);
      else past_the_end: assert (taken == beats + 1);
      place_inside: assert (place <= 2 || place <= beats);
      if (place > 0 || taken > 0) step_under_way: assert (step_valid);
      if (offset > 0) command_under_way: assert (command_count > 0);
      if (written_known) begin
        word_holds: assert (wide_word == written);
        written_in_reach: assert (written >= -written_reach && written <= written_reach);
      end
      if ((offset > 0 || taken > index) && index <= beats
          && !(last && taken > index)) must_have_begun: assert (begun);
      if (begun) begin
        rightly_begun: assert ((offset > 0 || taken > index) && index <= beats
            && !(last && taken > index));
        sum_is_newest: assert (ahead_known[0] && !ahead_last[0] && sum == $signed(ahead[31:0]));
        sum_reaches: assert ($signed(ahead_reach[31:0]) == 128 * (taken > index ? offset + STEP : offset));
      end
      if (here[0]) apart_2: assert (place != index && next_place != index);
      if (here[1]) apart_1: assert (place != index);
      if (here[STAGES-1]) fetched: assert (wide_present == $signed(earlier_line[32*(STAGES-1)+:32]));
      if (here[STAGES]) summed: assert (wide_sum == owed);
      if (here[STAGES])
        owed_in_reach: assert (owed >= -$signed(reach_line[32*STAGES+:32])
            && owed <= $signed(reach_line[32*STAGES+:32]));
    end

  genvar stage;
  generate
    for (stage = 0; stage <= STAGES; stage = stage + 1) begin : at
      wire signed [31:0] earlier = earlier_line[32*stage+:32];
      wire signed [31:0] later = later_line[32*stage+:32];
      wire signed [31:0] added = added_line[32*stage+:32];
      wire signed [31:0] reach = reach_line[32*stage+:32];
      wire signed [31:0] tail = tails[32*stage+:32];
      wire signed [31:0] beat_index = index_line[`BEAT_WIDTH*stage+:`BEAT_WIDTH];
      wire signed [31:0] beat_tail = tail_line[`LOG2_Q*stage+:`LOG2_Q];
      assign ahead_known[stage] = here[stage] || ahead_known[stage+1];
      assign ahead_last[stage] = here[stage] ? is_last[stage] : ahead_last[stage+1];
      assign ahead_reach[32*stage+:32] = here[stage] ? reach : ahead_reach[32*(stage+1)+:32];
      assign ahead[32*stage+:32] = here[stage] ? later : ahead[32*(stage+1)+:32];
      always @*
        if (live) begin
          same_valid: assert (valid_line[stage] == valid[stage]);
          if (valid[stage]) begin
            same_flags: assert (last_line[stage] == is_last[stage] && final_line[stage] == is_final[stage]
                && beat_tail == tail);
            same_index: assert ((beat_index == index) == watched[stage]);
            if (stage <= STAGES - 2) same_first: assert (first_line[stage] == is_first[stage]);
          end
          if (here[stage]) begin
            adds_up: assert (later == earlier + added);
            in_reach: assert (reach >= LARGEST && reach <= FARTHEST);
            if (stage < STAGES)
              follows: assert (is_first[stage] ? earlier == 0 && reach == LARGEST
                  : ahead_known[stage+1] && !ahead_last[stage+1]
                  && earlier == $signed(ahead[32*(stage+1)+:32])
                  && reach == $signed(ahead_reach[32*(stage+1)+:32]) + LARGEST);
            if (stage + 1 <= STAGES) apart: assert (!here[stage+1]);
            if (stage + 2 <= STAGES) far_apart: assert (!here[stage+2]);
            if (stage <= `TREE_LEVELS)
              looked_up: assert (due[stage] && $signed(expected[32*stage+:32]) == added);
          end
        end
    end
  endgenerate
`endif

  // One run that reaches every cover and guard; the search for them alone follows it. The check of the
  // whole follows what it offers, and leaves activations, weights and the user of the results free.
  wire commands_followed;
  command_guide commands_guide (.*, .followed(commands_followed));
  reg [31:0] tick;
  always @(posedge clk) tick <= rst ? 0 : tick + 1;
  wire offering = commands_followed && s_axis_activation_tvalid && s_axis_weight_tvalid;
`ifdef SMALL
  (* keep *) wire guided = offering;
`else
  wire [`INDEX_WIDTH-1:0] scheduled_step = tick;
  (* keep *) wire guided = group == 0 && lane == 0 && index == 0 && offering && m_axis_tready == tick[0]
      && s_axis_activation_tdata == {`G{8'h80}}
      && s_axis_command_tready == (live && left == 0 && command_count < 3)
      && s_axis_activation_tready == (live && left > 0 && step_count < 3)
      && `LOOKUP.activations == {STEP{8'h80}} && `LOOKUP.fill_bank == 0
      && `LOOKUP.fill == (live && tick < 1 << `INDEX_WIDTH) && `LOOKUP.fill_step == scheduled_step
      && step_valid == (live && step_count > 0 && complete_0) && step_bank == 0
      && s_axis_weight_tdata == 0 && beat == -128 * STEP;
`endif

  // One cover for all, since writing a trace takes longer here than finding it, asked for once a table
  // has been filled and the other loaded: solvers take long to see that nothing is summed before.
  wire largest = live && m_axis_tvalid && watched[STAGES] && wide_result == -128 * STEP;
  wire partial = live && m_axis_tvalid && m_axis_tlast && !(&m_axis_tkeep);
  wire second_step = live && m_axis_tvalid && watched[STAGES] && !is_first[STAGES];
  wire resumed = offered.waiting && m_axis_tready;
  wire [3:0] happening = {largest, partial, second_step, resumed};
  reg [3:0] happened;
  initial happened = 0;
  always @(posedge clk) happened <= happened | happening;
  always @* cover_results: cover (tick >= `T + (1 << `INDEX_WIDTH) && &(happened | happening));
endmodule

bind tritproof_tlmm tlmm_proof proof (
    .position(32'(position)),
    .*
);
