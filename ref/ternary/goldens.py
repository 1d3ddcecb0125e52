# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the ternary blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.ternary.dot import (
    dot_range,
    half_entry,
    half_table,
    signed_sum,
    term_sum,
    ternary_dot,
    tlmm_beat,
)
from tritproof.ref.ternary.swar import swar_sums

WIDE = 32
"""Bits in which sums of many terms are formed: those of the property files."""


@goldens("ternary_dot_select", "ternary_dot_half", "ternary_dot_full")
def dot_goldens(constants: Constants) -> list[str]:
    """golden_ternary_dot(code, activations)."""
    return [_dot(constants)]


@goldens("ternary_table")
def table_goldens(constants: Constants) -> list[str]:
    """The dot product, golden_half_table(activations) and golden_half_entry(index, activations)."""
    group = constants["G"]
    return [_dot(constants), half_table.golden(G=group), half_entry.golden(G=group)]


@goldens("swar_table")
def swar_goldens(constants: Constants) -> list[str]:
    """golden_swar_sums(activations)."""
    return [swar_sums.golden()]


@goldens("signed_sum_tree")
def tree_goldens(constants: Constants) -> list[str]:
    """golden_signed_sum(negates, values) and golden_term_sum(terms)."""
    terms, width = constants["TERMS"], constants["TERM_WIDTH"]
    return [signed_sum.golden(T=terms, WIDTH=width, minimum_width=WIDE),
            _sum(terms, constants["BOUND"])]


@goldens("ternary_lookup", "lane_sums", "tlmm")
def engine_goldens(constants: Constants) -> list[str]:
    """The dot product, golden_tlmm_beat(codes, activations), and golden_term_sum of T of them."""
    beat = tlmm_beat.golden(G=constants["G"], T=constants["T"], CODE_ORDER=constants["CODE_ORDER"],
                            minimum_width=WIDE)
    return [_dot(constants), beat, _sum(constants["T"], dot_range(constants["G"]).high)]


@goldens("activation_loader")
def loader_goldens(constants: Constants) -> list[str]:
    """None: the loader moves activations and does not compute."""
    return []


def _dot(constants: Constants) -> str:
    return ternary_dot.golden(G=constants["G"], CODE_ORDER=constants["CODE_ORDER"],
                              minimum_width=WIDE)


def _sum(terms: int, bound: int) -> str:
    return term_sum.golden(T=terms, BOUND=bound, minimum_width=WIDE, argument_width=WIDE)
