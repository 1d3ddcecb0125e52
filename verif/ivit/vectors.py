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
