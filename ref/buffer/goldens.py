# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the buffer blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.buffer.address import (
    address_of,
    bank_of,
    group_of,
    is_legal,
    output_of,
    part_beats,
    part_count,
    part_groups,
    part_of,
)
from tritproof.ref.goldens import Constants, goldens


@goldens("weight_bank")
def bank_goldens(constants: Constants) -> list[str]:
    """None: a memory is what it gives back."""
    return []


@goldens("weight_buffer")
def buffer_goldens(constants: Constants) -> list[str]:
    """golden_is_legal(steps, beats, reads), golden_part_count(steps, beats),
    golden_part_groups(steps, beats, part), golden_part_beats(steps, beats, part),
    golden_part_of(step, beat), golden_group_of(step), golden_output_of(beat, lane),
    golden_bank_of(output), golden_address_of(group, output)."""
    PARTS, GROUPS, ROW_BEATS, OUTPUTS, Q = (
        constants[name] for name in ("PARTS", "GROUPS", "ROW_BEATS", "OUTPUTS", "Q")
    )
    shape = {"PARTS": PARTS, "GROUPS": GROUPS, "ROW_BEATS": ROW_BEATS}
    texts = [
        one.golden(argument_width=16, **shape)
        for one in (is_legal, part_count, part_groups, part_beats, part_of)
    ]
    return [
        *texts,
        group_of.golden(argument_width=16, PARTS=PARTS, GROUPS=GROUPS),
        output_of.golden(argument_width=16, PARTS=PARTS, ROW_BEATS=ROW_BEATS, Q=Q),
        bank_of.golden(argument_width=16, OUTPUTS=OUTPUTS, Q=Q),
        address_of.golden(argument_width=16, GROUPS=GROUPS, OUTPUTS=OUTPUTS, Q=Q),
    ]
