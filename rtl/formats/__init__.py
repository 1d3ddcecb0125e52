# SPDX-License-Identifier: Apache-2.0
"""Formats of ternary weights in streams: bytes to trits, trits to the codes of an engine."""
