// SPDX-License-Identifier: Apache-2.0
`include "ternary_dot.svh"

bind tritproof_ternary_dot_full ternary_dot_contract contract (.*);
