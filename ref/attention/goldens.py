# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the attention blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.attention.dot import beat_sum, dot, int8_product
from tritproof.ref.attention.online import rescaled_total
from tritproof.ref.attention.tiles import walked_token
from tritproof.ref.attention.weighted_sum import weighted_value
from tritproof.ref.goldens import Constants, goldens


@goldens("dot_int8")
def dot_goldens(constants: Constants) -> list[str]:
    """golden_int8_product(a, b), golden_beat_sum(products), golden_dot(a, b)."""
    lanes = constants["LANES"]
    return [int8_product.golden(), beat_sum.golden(LANES=lanes), dot.golden(N=lanes)]


@goldens("weighted_lane", "weighted_sum")
def weighted_sum_goldens(constants: Constants) -> list[str]:
    """golden_weighted_value(power, value); where sums are rescaled, golden_rescaled_total(first,
    before, rescale, weighted)."""
    precision, r_width = constants["PRECISION"], constants["RESCALE_WIDTH"]
    texts = [weighted_value.golden(PRECISION=precision)]
    if r_width:
        sizes = {"N": constants["DEPTH"], "P": precision, "R_WIDTH": r_width}
        texts.append(rescaled_total.golden(**sizes))
    return texts


@goldens("tile_walk")
def tile_walk_goldens(constants: Constants) -> list[str]:
    """golden_walked_token(begin, step)."""
    return [walked_token.golden(WIDTH=16)]
