# SPDX-License-Identifier: Apache-2.0
"""Known answers of I-ViT's functions: exact results of the published algorithms."""

import json
from functools import cache
from typing import Any

from tritproof.rtl.manifest import root

FILE = ("verif", "data", "ivit_sample.json")


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    return json.loads(root().joinpath(*FILE).read_text())


def known(function: str) -> list[dict[str, Any]]:
    """Return the vectors of ``shiftmax``, ``shiftgelu``, ``layernorm`` or ``requant``."""
    return _read()[function]


def known_bias(vector: dict[str, Any]) -> list[int]:
    """Return the integer biases of a vector of ``layernorm``, zeros of one without."""
    given = vector["bias_int_fp64"]
    return [0] * vector["C"] if given is None else [int(one) for one in given]
