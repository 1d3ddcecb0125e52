# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the ternary blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.ternary.dot import (
    dot_range,
    half_entry,
    half_table,
    signed_sum,
    signed_sum_level,
    ternary_dot,
    tlmm_beat,
    tree_depth,
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
    """golden_signed_sum(negates, values) and golden_signed_sum_level0, 1, ... of the same."""
    return _sums(constants["TERMS"], constants["TERM_WIDTH"])


@goldens("ternary_lookup", "tlmm")
def engine_goldens(constants: Constants) -> list[str]:
    """The dot product, golden_tlmm_beat(codes, activations), and the sums over T entries."""
    beat = tlmm_beat.golden(G=constants["G"], T=constants["T"], CODE_ORDER=constants["CODE_ORDER"],
                            minimum_width=WIDE)
    entry_width = dot_range(constants["G"]).signed_width
    return [_dot(constants), beat, *_sums(constants["T"], entry_width)]


@goldens("activation_loader")
def loader_goldens(constants: Constants) -> list[str]:
    """None: the loader moves activations and does not compute."""
    return []


def _dot(constants: Constants) -> str:
    return ternary_dot.golden(G=constants["G"], CODE_ORDER=constants["CODE_ORDER"],
                              minimum_width=WIDE)


def _sums(terms: int, width: int) -> list[str]:
    levels = [signed_sum_level.golden(f"golden_signed_sum_level{level}", T=terms, WIDTH=width,
                                      LEVEL=level) for level in range(tree_depth(terms) + 1)]
    return [signed_sum.golden(T=terms, WIDTH=width, minimum_width=WIDE), *levels]
