# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_online: requests of every size, illegal ones among them."""

from tritproof.verif.attention.attention_decode import check

__all__ = ["check"]
