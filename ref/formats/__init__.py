# SPDX-License-Identifier: Apache-2.0
"""Formats of ternary weights as exact bijections between matrices of trits and bytes."""
