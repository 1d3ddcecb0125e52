# SPDX-License-Identifier: Apache-2.0
"""Verilator's warnings that are not errors here, each with the reason.

A waiver names the modules, the rule and, by a regular expression, the rest of the message. One that
no longer hides anything is to be deleted; a test says so.
"""

import dataclasses
import re

_KEPT = r"(VARREF|SIGNED|SEL|ARRAYSEL|CONCAT|REPLICATE)"


@dataclasses.dataclass(frozen=True)
class Waiver:
    """``module`` and ``text`` are regular expressions for the module's name and the message."""

    module: str
    rule: str
    text: str
    reason: str

    def covers(self, module: str, rule: str, text: str) -> bool:
        """Say whether this waiver is for the given warning."""
        return (
            rule == self.rule
            and re.fullmatch(self.module, module) is not None
            and re.search(self.text, text) is not None
        )


WAIVERS = (
    Waiver(
        r".*",
        "WIDTHEXPAND",
        rf"Operator (ASSIGN\w*|ADD|SUB|MULS?|NEGATE) expects .*'s {_KEPT} ",
        "MyHDL widens operands implicitly and Verilog keeps their value when it does; the audit of "
        "expressions reports the mixed signs and inversions where it would not",
    ),
    Waiver(
        "tritproof_activation_loader",
        "UNUSEDSIGNAL",
        r"'outputs_less_one'\[",
        "a refused size never reaches it, so the bits above the largest size are always zero",
    ),
    Waiver(
        "tritproof_.*",
        "UNUSEDSIGNAL",
        r"'\w*add_or_subtract\d*_total'\[",
        "bit 0 takes the carry in and the top bit the carry out of the shared adder",
    ),
    Waiver(
        "tritproof_signed_sum_tree",
        "UNUSEDSIGNAL",
        r"'node_(negates|totals)'\[",
        "the root's sum leaves the tree in its own port; the vector of nodes holds it too",
    ),
    Waiver(
        "tritproof_ternary_linear",
        "UNUSEDSIGNAL",
        "'(codes_last|sums_keep)'",
        "the engine knows a row's end from its command; the outputs are whole beats",
    ),
    Waiver(
        "tritproof_dyadic_lane",
        "UNUSEDSIGNAL",
        r"'product_1'\[63\]",
        "a mantissa is at most 2^31, and so a product at most 2^62",
    ),
    Waiver(
        "tritproof_newton_root",
        "UNUSEDSIGNAL",
        r"'(beat|_iterate\d+_total)'\[",
        "tdata is whole bytes, and no division overflows; the floor of a half, and of a sum what a "
        "root has (theorem newton_has_its_bits)",
    ),
    Waiver(
        "tritproof_layernorm_factor",
        "UNUSEDSIGNAL",
        r"'((quotient|root)_beat|squares|_round_mean\d+_multiple_1|_find_variance\d+_product_1)'\[",
        "tdata is whole bytes; a remainder is below the length, and a variance below that of the "
        "widest row (theorem sums_have_their_bits), so that the lower bits tell them",
    ),
    Waiver(
        "tritproof_ilayernorm",
        "UNUSEDSIGNAL",
        r"'(answer|_normalise\d+_product(_2)?)'\[",
        "tdata is whole bytes; of a product below 2^31 (theorem products_fit) the floor of a half",
    ),
    Waiver(
        "tritproof_lmul_attention_scores",
        "UNUSEDSIGNAL",
        "'(query_ready|too_long)'",
        "both operands move together; a key is no longer than its query, which fits",
    ),
    Waiver(
        "tritproof_rounded_mul",
        "UNUSEDSIGNAL",
        r"'_round\d+_kept'\[",
        "the leading one of a significand is in no code",
    ),
    Waiver(
        r"tritproof_shift_exp\w*",
        "UNUSEDSIGNAL",
        r"'(_line\d+_raised|_to_units\d+_(half|sixteenth)_up|first)'\[",
        "what the floors drop; a distance is at most n units",
    ),
    Waiver(
        r"tritproof_shift_exp\w*",
        "UNUSEDSIGNAL",
        r"'(unit|_split\d+_(above|below))'\[",
        "a unit is at least 1; a distance is at most n units, and its remainder less than one",
    ),
    Waiver(
        "tritproof_shiftmax",
        "UNUSEDSIGNAL",
        r"'(found|product_kept|quotient)'\[",
        "tdata is whole bytes; the floor drops the lowest bits of a product; no exponential is "
        "above the sum that it is a part of, so the highest are 0, and no division overflows",
    ),
    Waiver(
        r"tritproof_.*",
        "UNUSEDSIGNAL",
        r"'s_axis\w*_tdata'\[",
        "tdata is whole bytes; the bits above the operands carry nothing",
    ),
    Waiver(
        "tritproof_attention_decode",
        "UNUSEDSIGNAL",
        "'too_long'|_too_long'",
        "a request of more keys than the buffer holds is refused before it gets there",
    ),
    Waiver(
        "tritproof_attention_online",
        "UNUSEDSIGNAL",
        r"'(scores|_row_softmax\d+_beat)'\[",
        "tdata is whole bytes, and no row is too long: such a request is refused",
    ),
    Waiver(
        "tritproof_attention_prefill",
        "UNUSEDSIGNAL",
        r"'(tile_last|engine_refused)'|'tile'\[",
        "a tile's command is one step, which is its last; it is legal; tdata is whole bytes",
    ),
    Waiver(
        "tritproof_packed_tlmm",
        "UNUSEDSIGNAL",
        r"'(words_last|codes_last|beside(_write|_place)?)'|'trits'\[",
        "neither the buffer nor the engine is told of rows; trits behind the words, and scales",
    ),
    Waiver(
        "tritproof_row_mean",
        "UNUSEDSIGNAL",
        r"'_mean\d+_(magnitude|mean_bits)'\[",
        "a magnitude has no sign, a mean of int8 values no bits beyond theirs and the fraction",
    ),
    Waiver(
        "tritproof_(row_)?gelu_lane",
        "UNUSEDSIGNAL",
        r"'weigh\d+_(overflow'|product'\[)",
        "two exponentials are more than 1; what the floor drops; a product of at most the factor",
    ),
    Waiver(
        "tritproof_row_gelu_lane",
        "WIDTHTRUNC",
        "CONST '33'h7fffffff'",
        "a constant of 31 bits, which MyHDL writes with 33",
    ),
    Waiver(
        "tritproof_score_buffer",
        "UNSIGNED",
        "Comparison is constant",
        "a row that begins at beat 0 is never early",
    ),
    Waiver(
        "tritproof_score_scale",
        "UNUSEDSIGNAL",
        r"'product'\[",
        "the bits below the smallest shift are what the floor drops",
    ),
    Waiver(
        "tritproof_softmax_buffered",
        "UNUSEDSIGNAL",
        r"'found'\[",
        "tdata of the buffer is whole bytes; the bits above its fields carry nothing",
    ),
    Waiver(
        "tritproof_softmax_buffered",
        "UNUSEDSIGNAL",
        r"'(overflow|quotient)'",
        "no power is above the sum it is a part of: the divider never overflows",
    ),
    Waiver(
        "tritproof_softmax_online",
        "UNUSEDSIGNAL",
        r"'_running_maximum\d+_raised'\[",
        "an octave is rounded up by what is added here; the fraction is dropped",
    ),
    Waiver(
        "tritproof_swar_table",
        "UNUSEDSIGNAL",
        r"'_add_words\d+_(full|total)'\[",
        "the gap bits between lanes, and the carry out of the last, hold no result",
    ),
)
"""Every warning of Verilator that is accepted."""
