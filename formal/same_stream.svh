// SPDX-License-Identifier: Apache-2.0
// Two names of one stream: a part's port and what it is wired to.
`define SAME_STREAM(a, b) (a``_tdata == b``_tdata && a``_tvalid == b``_tvalid && a``_tready == b``_tready)
`define SAME_PACKETS(a, b) (`SAME_STREAM(a, b) && a``_tlast == b``_tlast)
