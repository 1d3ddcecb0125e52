# SPDX-License-Identifier: Apache-2.0
"""Read ternary weights and int8 activations from the files people have.

Whatever a file holds, the result is a valid matrix or one ``UserError`` that names the file, the
place in it and the remedy. No file is trusted: sizes are checked against the file before anything
is allocated, and nothing is ever unpickled.
"""

from tritproof.tools.importers.matrices import (
    WEIGHT_SUFFIXES,
    Weights,
    load_activations,
    load_weights,
    read_weights,
)

__all__ = [
    "WEIGHT_SUFFIXES",
    "Weights",
    "load_activations",
    "load_weights",
    "read_weights",
]
