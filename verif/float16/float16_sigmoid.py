# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of float16_sigmoid."""

from tritproof.verif.float16.functions import check, enumeration

__all__ = ["check", "enumeration"]
