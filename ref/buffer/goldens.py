# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the buffer blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.buffer.address import (
    address_of,
    bank_of,
    beat_of,
    is_legal,
    part_beats,
    part_count,
    part_groups,
    part_of,
    port_of,
    step_of,
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
    golden_part_of(step, beat), golden_step_of(beats, part, group),
    golden_beat_of(beats, part, output),
    golden_bank_of(output), golden_port_of(output), golden_address_of(group, output)."""
    PARTS, GROUPS, ROW_BEATS, OUTPUTS, Q = (
        constants[name] for name in ("PARTS", "GROUPS", "ROW_BEATS", "OUTPUTS", "Q")
    )
    shape = {"PARTS": PARTS, "GROUPS": GROUPS, "ROW_BEATS": ROW_BEATS}
    texts = [
        one.golden(argument_width=16, **shape)
        for one in (is_legal, part_count, part_groups, part_beats, part_of, step_of)
    ]
    return [
        *texts,
        beat_of.golden(argument_width=16, Q=Q, **shape),
        bank_of.golden(argument_width=16, OUTPUTS=OUTPUTS, Q=Q),
        port_of.golden(argument_width=16, OUTPUTS=OUTPUTS, Q=Q),
        address_of.golden(argument_width=16, GROUPS=GROUPS, OUTPUTS=OUTPUTS, Q=Q),
    ]
