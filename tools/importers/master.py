# SPDX-License-Identifier: Apache-2.0
"""Agreement of ternary weights with the numbers they were rounded from.

The formula is that of BitNet b1.58: clamp(round(W / m), -1, 1), m = max(mean |W|, 1e-5), halves to
the even number; the scale is m.
"""

import numpy as np
from tritproof.tools.importers.files import error
from tritproof.tools.importers.matrices import Weights
from tritproof.tools.importers.sources import Source

ENOUGH = 0.99
"""Least share of equal trits: the master's rounding moves few, a wrong layout two thirds."""
NEAR = 0.02
"""Largest relative distance of a scale from the master's."""


def agreement_with(master: Source, name: str, weights: Weights) -> float:
    """Return the share of trits that are those of the master's tensor of the same name.

    Raises UserError if the master has no such tensor of that shape, and if the trits or the scale,
    where its convention is known, are not the master's.
    """
    numbers = _numbers(master, name, weights.trits.shape)
    mean = max(float(np.abs(numbers).mean(dtype=np.float64)), 1e-5)
    expected = np.clip(np.rint(numbers / np.float32(mean)), -1, 1).astype(np.int8)
    share = float(np.mean(expected == weights.trits))
    place = f"tensor {name}"
    if share < ENOUGH:
        raise error(
            master.path,
            f"gives other trits: {share:.1%} agree, {ENOUGH:.0%} must",
            "name another --layout, or the right master",
            place=place,
        )
    if weights.scales is not None and weights.scales.convention is not None:
        _require_scale(master, weights, mean, place)
    return share


def _require_scale(master: Source, weights: Weights, mean: float, place: str) -> None:
    factors = weights.scales.factors() if weights.scales else None
    middle = float(np.median(factors)) if factors is not None else mean
    if abs(middle / mean - 1) <= NEAR:
        return
    opposite = abs(middle * mean - 1) <= NEAR
    other = {"multiply": "divide", "divide": "multiply"}[weights.scales.convention or "multiply"]
    raise error(
        master.path,
        f"has the scale {mean:.6g}, the weights {middle:.6g}",
        f"use --scale {other}" if opposite else "name the right master",
        place=place,
    )


def _numbers(master: Source, name: str, shape: tuple[int, ...]) -> np.ndarray:
    names = list(master.tensors)
    if name not in names and len(names) == 1:
        name = names[0]
    if name not in names:
        raise error(master.path, f"holds no tensor named {name!r}", "give the model it came from")
    found = np.asarray(master.array(name), np.float32)
    if found.shape != shape:
        raise error(
            master.path,
            f"has shape {list(found.shape)}, the weights {list(shape)}",
            "give the model it came from",
            place=f"tensor {name}",
        )
    if not np.isfinite(found).all():
        raise error(master.path, "holds no finite numbers", "download it again")
    return found
