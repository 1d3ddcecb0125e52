# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ternary_dot_full with the dot product of one group."""

from tritproof.verif.ternary.dot import check

__all__ = ["check"]
