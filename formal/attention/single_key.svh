// SPDX-License-Identifier: Apache-2.0
// The composition of an engine `TOP, from reset, along one run with all data free: a request of one key gives its value.
(* keep *) wire guided = rst == !live && `TOP.s_axis_command_tvalid && `TOP.s_axis_query_tvalid && `TOP.s_axis_key_tvalid
    && `TOP.s_axis_value_tvalid && `TOP.m_axis_tready && `TOP.s_axis_command_tdata[15:0] == 1;
reg taken, delivered;
reg signed [7:0] element;
always @(posedge clk)
  if (rst) {taken, delivered} <= 0;
  else begin
    if (`TOP.s_axis_value_tvalid && `TOP.s_axis_value_tready && !taken) {taken, element} <= {1'b1, `TOP.s_axis_value_tdata[7:0]};
    if (`TOP.m_axis_tvalid && `TOP.m_axis_tready) delivered <= 1;
  end
wire signed [`LANE_WIDTH-1:0] first_result = `TOP.m_axis_tdata[`LANE_WIDTH-1:0];
wire signed [63:0] wide_first = first_result, wide_element = element;
always @*
  if (live && `TOP.m_axis_tvalid && !delivered) own_value: assert (taken && wide_first == wide_element <<< `RESULT_FRAC);
