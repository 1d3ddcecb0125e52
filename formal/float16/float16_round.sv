// SPDX-License-Identifier: Apache-2.0
`include "float16_round.svh"

bind tritproof_float16_round float16_round_proof proof (.*);
