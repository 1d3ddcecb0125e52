// SPDX-License-Identifier: Apache-2.0
`ifndef WHOLE
`define ASSUME_WEIGHT_BANK
`endif
`ifdef PROVE_WORDS
`define WALK assume
`else
`define WALK assert
`endif
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"
`include "weight_bank_words.svh"

// Matrices are numbered as their commands come. Of an arbitrary one, and an arbitrary word of it: the beat of
// the port that brings it, in the specified order of parts, groups and words, and every beat of the engine that
// must hold it, in the specified order of passes, steps and beats. Beats go out of complete matrices only, one in
// each move; beats are taken in every cycle in which a part is free.
module weight_buffer_proof (
    input clk,
    input rst,
    input [47:0] s_axis_command_tdata,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [`BUS_WIDTH-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input [`Q*`WORD_WIDTH-1:0] m_axis_beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input gamma_write,
    input [`PLACE_WIDTH-1:0] gamma_place,
    input [`GAMMA_WIDTH-1:0] gamma,
    input refused,
    input loading,
    input [`HELD_WIDTH-1:0] held,
    input [`HELD_WIDTH-1:0] matrices,
    input [`PART_WIDTH-1:0] write_part,
    input [`PART_WIDTH-1:0] record_in,
    input [`PART_WIDTH-1:0] record_out,
    input [`PART_WIDTH-1:0] base_part,
    input [`PART_WIDTH-1:0] read_part,
    input [`PART_WIDTH-1:0] fetched_part,
    input take,
    input leave,
    input finish,
    input fetched_valid,
    input fetched_last
);
  localparam W = `WORD_WIDTH;
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // Arbitrary constants: the number of a matrix; part of it, group and output of a word, and a bit of that; a part
  // of the buffer.
  reg [7:0] number, home;
  reg [15:0] spot;
  reg [15:0] in_part, in_group, in_output;
  always @(posedge clk) begin
    {number, home, spot} <= {number, home, spot};
    {in_part, in_group, in_output} <= {in_part, in_group, in_output};
  end
  always @* exist: assume (home < `PARTS && spot < W && in_part < `PARTS && in_group < `GROUPS && in_output < `OUTPUTS);

  // Commands.
  wire commanded = s_axis_command_tvalid && s_axis_command_tready;
  wire [15:0] steps_given = s_axis_command_tdata[15:0];
  wire [15:0] beats_given = s_axis_command_tdata[31:16];
  wire [15:0] reads_given = s_axis_command_tdata[47:32];
  wire is_legal = golden_is_legal(steps_given, beats_given, reads_given) == 1;
  reg [15:0] steps, beats, reads;  // of the matrix that is loaded
  reg busy;  // it is not complete
  reg must_refuse;
  reg [7:0] complete_in;  // matrices that are complete
  reg [47:0] size;  // of the matrix of the number

  // What comes in: the walk through parts, groups and words.
  wire accepted = s_axis_tvalid && s_axis_tready;
  reg [15:0] part, group, first;
  reg [15:0] place;  // beats of the matrix so far
  wire [15:0] row_words = `Q * golden_part_beats(steps, beats, part);
  wire row_ends = first + `WORDS >= row_words;
  wire part_ends = row_ends && group + 1 == golden_part_groups(steps, beats, part);
  wire ends = part_ends && part + 1 == golden_part_count(steps, beats);
  reg [7:0] parts_in, parts_out;  // parts that are complete, and that were read for the last time
  always @(posedge clk) begin
    must_refuse <= !rst && commanded && !is_legal;
    if (rst) begin
      busy <= 0;
      complete_in <= 0;
      parts_in <= 0;
    end else if (commanded && is_legal) begin
      busy <= 1;
      {reads, beats, steps} <= s_axis_command_tdata;
      if (complete_in == number) size <= s_axis_command_tdata;
      {part, group, first, place} <= 0;
    end else if (accepted) begin
      place <= place + 1;
      first <= row_ends ? 0 : first + `WORDS;
      if (row_ends) group <= part_ends ? 0 : group + 1;
      if (part_ends) begin
        part <= part + 1;
        parts_in <= parts_in + 1;
      end
      if (ends) begin
        busy <= 0;
        complete_in <= complete_in + 1;
      end
    end
  end

  // The word that is watched, by one of its bits.
  wire [15:0] index = in_output - first;
  wire brought = accepted && complete_in == number && part == in_part && group == in_group
      && first <= in_output && index < `WORDS && in_output < row_words;
  reg seen;
  reg watched;
  always @(posedge clk)
    if (commanded && is_legal && complete_in == number) seen <= 0;
    else if (brought) begin
      seen <= 1;
      watched <= s_axis_tdata[index*W+spot];
    end

  // What goes out: number of the matrix, pass, step and beat, and the sizes of the matrix.
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire move = !m_axis_tvalid || m_axis_tready;
  reg [55:0] token;
  function automatic [55:0] after(input [55:0] token, input [47:0] size);
    after = token[15:0] + 16'd1 != size[31:16] ? token + 1
        : token[31:16] + 16'd1 != size[15:0] ? {token[55:32], token[31:16] + 16'd1, 16'd0}
        : token[47:32] + 16'd1 != size[47:32] ? {token[55:48], token[47:32] + 16'd1, 32'd0}
        : {token[55:48] + 8'd1, 48'd0};
  endfunction
  function automatic ends_pass(input [55:0] token, input [47:0] size);
    ends_pass = token[15:0] + 16'd1 == size[31:16] && token[31:16] + 16'd1 == size[15:0];
  endfunction
  function automatic is_within(input [55:0] token, input [47:0] size);
    is_within = token[15:0] < size[31:16] && token[31:16] < size[15:0] && token[47:32] < size[47:32]
        && golden_is_legal(size[15:0], size[31:16], size[47:32]) == 1;
  endfunction
  function automatic holds_word(input [55:0] token, input [47:0] size);  // a lane is the word that is watched
    holds_word = token[55:48] == number && token[31:16] == golden_step_of(size[31:16], in_part, in_group)
        && token[15:0] == golden_beat_of(size[31:16], in_part, in_output);
  endfunction

  // What is read for each beat, two moves before it goes out.
  reg [7:0] complete_out;  // matrices that were read to the end
  wire [7:0] waiting = complete_in - complete_out;
  wire reading = waiting != 0;
  wire [55:0] read_token = {
    complete_out,
    tritproof_weight_buffer.read_walk0_turn,
    16'(tritproof_weight_buffer.read_walk0_step),
    16'(tritproof_weight_buffer.read_walk0_beat)
  };
  wire [47:0] read_size;
  wire [55:0] read_next = after(read_token, read_size);
  wire last_pass = read_token[47:32] + 16'd1 == read_size[47:32];
  // Whether no beat of the last pass behind this one is of its part: a later part follows, in a later step, which
  // no step behind goes back from, or in the last step.
  wire [15:0] read_x = golden_part_of(read_token[31:16], read_token[15:0]);
  wire [15:0] next_x = golden_part_of(read_next[31:16], read_next[15:0]);
  wire leaves = last_pass && (read_next[55:48] != complete_out || (next_x > read_x
      && (read_next[31:16] != read_token[31:16] || read_token[31:16] + 16'd1 == read_size[15:0])));
  reg [1:0] read_before;  // a beat was read one, two moves ago
  reg [55:0] token_1, token_2;
  reg [47:0] size_1, size_2;
  always @(posedge clk) begin
    if (rst) begin
      token <= 0;
      complete_out <= 0;
      parts_out <= 0;
      read_before <= 0;
    end else begin
      if (delivered) token <= after(token, size_2);
      if (move && reading) begin
        complete_out <= read_next[55:48];
        parts_out <= parts_out + leaves;
      end
      if (move) read_before <= {read_before[0], reading};
    end
    if (move) begin
      {token_2, token_1} <= {token_1, read_token};
      {size_2, size_1} <= {size_1, read_size};
    end
  end

  wire [15:0] lane = in_output % `Q;
  wire given = m_axis_beat[lane*W+spot];
  reg [`GAMMA_WIDTH-1:0] above;
  reg [15:0] above_place;
  reg was_accepted;
  always @(posedge clk) begin
    was_accepted <= !rst && accepted;
    above <= s_axis_tdata[`WORDS*W+:`GAMMA_WIDTH];
    above_place <= place;
  end
  wire [7:0] parts_used = parts_in - parts_out;
  always @*
    if (live) begin
      // The goals.
      says_refused: `WALK (refused == must_refuse);
      one_matrix_at_a_time: `WALK (s_axis_command_tready == !busy);
      loads_when_a_part_is_free: `WALK (s_axis_tready == (busy && parts_used < `PARTS));
      reads_whenever_complete: `WALK (m_axis_tvalid == read_before[1]);
      if (m_axis_tvalid) begin
        in_order: `WALK (token_2 == token && is_within(token, size_2));
        marks_end: `WALK (m_axis_tlast == ends_pass(token, size_2));
        if (token[55:48] == number) of_its_size: `WALK (size_2 == size);
      end
      if (reading && accepted) not_the_part_loaded: `WALK (read_part != write_part);
      hands_on: `WALK (gamma_write == was_accepted);
      if (was_accepted) gamma_exact: `WALK (gamma == above && gamma_place == above_place[`PLACE_WIDTH-1:0]);
    end
`ifndef PROVE_WORDS
  offered_beats #(
      .WIDTH(`Q * W + 1)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, m_axis_beat}),
      .*
  );
`endif

  // What makes them inductive: the queue of complete matrices, their parts next to each other in the ring.
  function automatic [7:0] ring(input [7:0] a, input [7:0] b);
    ring = 8'(a + b) >= `PARTS ? 8'(a + b) - `PARTS : 8'(a + b);
  endfunction
  wire [47:0] records[0:`PARTS-1];
  function automatic [47:0] widen(input [15:0] read, input [15:0] beat, input [15:0] step);
    widen = {read, beat, step};
  endfunction
  `define FIELD(p, low, width) tritproof_weight_buffer._record``p``_record[low+:width]
  `define PART(p) assign records[p] = widen( \
      `FIELD(p, `STEP_NUMBER_WIDTH + `BEAT_NUMBER_WIDTH, 16), \
      `FIELD(p, `STEP_NUMBER_WIDTH, `BEAT_NUMBER_WIDTH), \
      `FIELD(p, 0, `STEP_NUMBER_WIDTH));
  `EACH_PART
  wire [47:0] queue[0:`PARTS-1];  // sizes, less one, in the order in which the matrices came
  wire [7:0] base[0:`PARTS];  // their first parts; behind the last of them, the first part of the next
  wire [7:0] total[0:`PARTS];  // parts of those before
  assign base[0] = base_part;
  assign total[0] = 0;
  genvar i;
  generate
    for (i = 0; i < `PARTS; i = i + 1) begin : each
      wire [7:0] slot = ring(record_out, i);
      assign queue[i] = records[slot];
      wire [15:0] of_steps = queue[i][15:0] + 1, of_beats = queue[i][31:16] + 1, of_reads = queue[i][47:32] + 1;
      wire [7:0] count = golden_part_count(of_steps, of_beats);
      assign base[i+1] = ring(base[i], count);
      assign total[i+1] = total[i] + count;
      wire [7:0] ahead = number - complete_out;
`ifndef SMALL
      always @*
        if (live && i < matrices) begin
          legal_in_queue: `WALK (golden_is_legal(of_steps, of_beats, of_reads) == 1);
          if (ahead == i) size_in_queue: `WALK (size == {of_reads, of_beats, of_steps});
        end
`endif
    end
  endgenerate
  assign read_size = {each[0].of_reads, each[0].of_beats, each[0].of_steps};

  wire in_last_pass = read_token[47:32] == queue[0][47:32];
  wire wide = queue[0][31:16] >= `ROW_BEATS;
  wire [7:0] left_before = reading && in_last_pass && (!wide || read_token[31:16] == queue[0][15:0]) ? read_x : 0;
  wire [7:0] ahead = number - complete_out;
  wire loads_it = busy && complete_in == number;
  wire [15:0] its_steps = size[15:0], its_beats = size[31:16];
  wire legal_size = golden_is_legal(its_steps, its_beats, size[47:32]) == 1;
  wire [55:0] token_after = m_axis_tvalid ? after(token, size_2) : token;
  wire [55:0] fetched_after = fetched_valid ? after(token_1, size_1) : token_after;
`ifndef SMALL
  `define LOAD(n) tritproof_weight_buffer.load_walk0_``n
  `define READ(n) tritproof_weight_buffer.read_walk0_``n
  always @*
    if (live) begin
      same_busy: `WALK (loading == busy);
      parts_held: `WALK (held == parts_used && held <= `PARTS);
      matrices_held: `WALK (matrices == waiting && matrices <= `PARTS);
      records_held: `WALK (record_in == ring(record_out, matrices) && record_in < `PARTS && record_out < `PARTS);
      parts_add_up: `WALK (total[matrices] + (busy ? part : 0) == held + left_before);
      ring_goes_on: `WALK (write_part == ring(base[matrices], busy ? part : 0) && base_part < `PARTS);
      // The walk of the port.
      if (busy) begin
        legal_load: `WALK (golden_is_legal(steps, beats, reads) == 1);
        if (complete_in == number) size_of_load: `WALK (size == {reads, beats, steps});
        sizes_kept: `WALK (tritproof_weight_buffer.steps_last == 16'(steps - 1)
            && tritproof_weight_buffer.beats_last == 16'(beats - 1)
            && tritproof_weight_buffer.reads_last == 16'(reads - 1));
        in_range: `WALK (part < golden_part_count(steps, beats)
            && group < golden_part_groups(steps, beats, part) && first < row_words);
        same_here: `WALK (`LOAD(here) == golden_part_beats(steps, beats, part));
        same_more: `WALK (`LOAD(more) == (beats > (part + 1) * `ROW_BEATS ? beats - (part + 1) * `ROW_BEATS : 0));
        same_left: `WALK (tritproof_weight_buffer.left == row_words - first && `LOAD(place) == first);
        same_base: `WALK (tritproof_weight_buffer.row_base == group * (2 * `ROW_BEATS));
        groups_loaded: `WALK (`LOAD(group) == group
            && `LOAD(step) == group + (beats <= `ROW_BEATS ? part * `GROUPS : 0));
        number_of_beat: `WALK (tritproof_weight_buffer._hand_on_gamma0_number == `PLACE_WIDTH'(place));
      end
      // The walk of the engine.
      token_is: `WALK (read_token == fetched_after);
      if (reading) begin
        of_queue: `WALK (is_within(read_token, read_size));
        leaves_part: `WALK (leave == (take && leaves));
        finishes: `WALK (finish == (take && read_next[55:48] != complete_out));
      end else at_rest: `WALK (read_token[47:0] == 0);
      line_read: `WALK (`READ(group) + (wide ? 0 : read_x * `GROUPS) == read_token[31:16]
          && `READ(column) + (wide ? read_x * `ROW_BEATS : 0) == read_token[15:0]
          && `READ(group) < `GROUPS && `READ(column) < `ROW_BEATS
          && `READ(row_line) == `READ(group) * `ROW_BEATS);
      part_read: `WALK (read_x < `PARTS && read_part == ring(base_part, read_x)
          && `READ(step_part) == ring(base_part, golden_part_of(read_token[31:16], 0)));
      if (loads_it || ahead < matrices) sizes_legal: `WALK (legal_size);
      if (fetched_valid) begin
        token_fetched: `WALK (token_1 == token_after && is_within(token_1, size_1));
        end_fetched: `WALK (fetched_last == ends_pass(token_1, size_1));
        if (token_1[55:48] == number) size_fetched: `WALK (size_1 == size);
      end
      same_reads: `WALK (fetched_valid == read_before[0]);
    end
`endif

`ifndef PROVE_WALKS
  // The word that is watched: where it lies, and that it is neither missed nor written over. Of the banks, the one
  // is looked at that holds it if `home` is the part it came to.
  wire [15:0] its_bank = home * `BANKS + golden_bank_of(in_output);
  wire [`ADDRESS_WIDTH-1:0] its_address = golden_address_of(in_group, in_output);
  reg bank_write;
  reg [`ADDRESS_WIDTH-1:0] bank_address;
  reg [W-1:0] bank_word, bank_even, bank_odd;
  reg [`LINE_WIDTH-1:0] bank_line;
  reg bank_move;
  `define OF_BANK(n, port) tritproof_weight_buffer.u_bank_``n.port
  `define BANK(n) if (its_bank == n) begin \
      bank_write = `OF_BANK(n, write); \
      bank_address = `OF_BANK(n, write_address); \
      bank_word = `OF_BANK(n, word); \
      bank_move = `OF_BANK(n, move); \
      bank_line = `OF_BANK(n, line); \
      bank_even = `OF_BANK(n, even); \
      bank_odd = `OF_BANK(n, odd); \
    end
  always @* begin
    {bank_write, bank_address, bank_word, bank_move, bank_line, bank_even, bank_odd} = 0;
    `EACH_BANK
  end
  wire known, even_due, odd_due;
  wire [W-1:0] kept, even_word, odd_word;
  weight_bank_words #(
      .ADDRESS_WIDTH(`ADDRESS_WIDTH),
      .WORD_WIDTH(W)
  ) bank (
      .clk,
      .entry(its_address),
      .write(bank_write),
      .write_address(bank_address),
      .word(bank_word),
      .move(bank_move),
      .line(bank_line),
      .even(bank_even),
      .odd(bank_odd),
      .*
  );
  wire alive = loads_it || ahead < matrices && !(ahead == 0 && in_part < left_before);
  wire at_home = ring(base[ahead], in_part) == home;
  wire has_word = in_part < golden_part_count(its_steps, its_beats)
      && in_group < golden_part_groups(its_steps, its_beats, in_part)
      && in_output < `Q * golden_part_beats(its_steps, its_beats, in_part);
  wire past = part > in_part || part == in_part && (group > in_group || group == in_group && first > in_output);
  wire odd_port = golden_port_of(in_output) == 1;
  reg [`PART_WIDTH-1:0] given_part;
  always @(posedge clk) if (move) given_part <= fetched_part;
  always @*
    if (live) begin
      if (m_axis_tvalid && holds_word(token, size_2) && given_part == home) exact: assert (seen && given == watched);
`ifndef SMALL
      if (m_axis_tvalid) has_a_home: assert (given_part < `PARTS);
      if (loads_it && past && has_word) seen_so_far: assert (seen);
      if (loads_it && seen) not_again: assert (past && has_word);
      if (ahead < matrices && has_word) seen_all: assert (seen);
      if (ahead < matrices && seen) seen_within: assert (has_word);
      if (alive && seen && at_home) in_memory: assert (known && kept[spot] == watched);
      if (fetched_valid) fetched_home: assert (fetched_part < `PARTS);
      if (fetched_valid && holds_word(token_1, size_1) && fetched_part == home)
        fetched: assert (seen && (odd_port ? odd_due && odd_word[spot] == watched
            : even_due && even_word[spot] == watched));
`endif
      cover_two_passes: cover (m_axis_tvalid && token[55:48] == number && token[47:32] == 1 && holds_word(token, size_2));
      cover_behind_refused: cover (m_axis_tvalid && token[55:48] == 1 && refused);
      cover_full: cover (m_axis_tvalid && busy && held == `PARTS);
    end
`endif
endmodule

bind tritproof_weight_buffer weight_buffer_proof proof (
    .m_axis_beat(m_axis_tdata[`Q*`WORD_WIDTH-1:0]),
    .*
);
