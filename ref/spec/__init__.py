# SPDX-License-Identifier: Apache-2.0
"""One specification, four readings: exact integers, NumPy, SymPy, SystemVerilog."""

from tritproof.ref.spec.errors import RangeError, SpecificationError
from tritproof.ref.spec.operations import (
    absolute,
    bits,
    declare,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lookup,
    maximum,
    minimum,
    select,
    signed_bits,
    tree_levels,
    tree_sum,
)
from tritproof.ref.spec.ranges import Array, Integer, signed, unsigned
from tritproof.ref.spec.specification import Specification, Trace, specification
from tritproof.ref.spec.write_systemverilog import golden_file

__all__ = [
    "Array", "Integer", "RangeError", "Specification", "SpecificationError", "Trace", "absolute",
    "bits", "declare", "golden_file", "logical_and", "logical_not", "logical_or", "logical_xor",
    "lookup", "maximum", "minimum", "select", "signed", "signed_bits", "specification",
    "tree_levels", "tree_sum", "unsigned",
]
