# SPDX-License-Identifier: Apache-2.0
"""Errors against real numbers stay within their bounds, and the bounds are what is claimed."""

import io
from fractions import Fraction

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.softmax.accuracy import lost_weight, mean_bound, octave_step, probability_bound
from tritproof.rtl.attention.params import AttentionParams
from tritproof.rtl.softmax.params import SoftmaxParams
from tritproof.tools import accuracy
from tritproof.verif.attention.accuracy import Row, adversarial_rows, errors, real_rows

DEFAULT = SoftmaxParams()
F, P, K, DEPTH = DEFAULT.frac, DEFAULT.precision, DEFAULT.result_frac, DEFAULT.depth
R = AttentionParams().result_frac


def test_a_probability_at_the_defaults_is_off_by_less_than_2_to_the_minus_12():
    assert (F, P, K, DEPTH) == (10, 24, 15, 1024)
    assert probability_bound(F, P, K, DEPTH) < Fraction(1, 1 << 12)


def test_the_step_is_just_above_the_root():
    for f in (1, 6, 10):
        step = octave_step(f)
        assert abs(step - (2 ** (2.0**-f) - 1)) < 1e-15
        assert (1 + step - Fraction(1, 1 << 50)) ** (1 << f) < 2 < (1 + step) ** (1 << f)


def test_weights_that_may_all_be_lost_have_no_bound():
    assert lost_weight(4, 16) == 15
    with pytest.raises(ValueError, match=r"^17 keys may lose all of 4 fraction bits"):
        probability_bound(10, 4, 15, 17)


def test_the_bound_is_nearly_reached():
    # A score just below a step against one on it: the whole error of one rounding of a score.
    row = Row(np.array([1, 0]), 2.0**-10 * 0.99999)
    assert errors(row, P, F, K, R).probability > 0.85 * octave_step(F) / 4


@pytest.mark.parametrize(
    "name, rows", [("real", real_rows), ("bad", lambda: adversarial_rows(99, P))]
)
def test_errors_are_within_their_bounds(name, rows):
    for row in list(rows())[::7]:
        found, n = errors(row, P, F, K, R), len(row.scores)
        assert found.probability <= probability_bound(F, P, K, n)
        assert found.mean <= mean_bound(F, P, R, n)


def test_an_error_above_its_bound_fails(monkeypatch):
    monkeypatch.setattr(accuracy, "real_rows", lambda: [Row(np.array([1, 0]), 2.0**-10)])
    monkeypatch.setattr(accuracy, "adversarial_rows", lambda n, P: [Row(np.array([0, 5]), 0.3)])
    console = Console(file=io.StringIO(), width=200)
    assert {one["status"] for one in accuracy.run([(24, 10)], console)} == {"PASS"}
    monkeypatch.setattr(accuracy, "mean_bound", lambda *given: Fraction(0))
    assert {one["status"] for one in accuracy.run([(24, 10)], console)} == {"FAIL"}
