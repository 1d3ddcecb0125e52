// SPDX-License-Identifier: Apache-2.0
`include "lmul_dot.svh"

bind tritproof_lmul_dot lmul_dot_proof proof (
    .beat(m_axis_tdata[`TOTAL_WIDTH:0]),
    .*
);
