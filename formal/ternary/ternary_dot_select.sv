// SPDX-License-Identifier: Apache-2.0
`include "ternary_dot.svh"

bind tritproof_ternary_dot_select ternary_dot_contract contract (.*);
