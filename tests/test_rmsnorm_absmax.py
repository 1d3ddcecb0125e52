# SPDX-License-Identifier: Apache-2.0
"""rmsnorm_absmax: real sizes, throughput, rows that are no numbers."""

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.rtl.stream.rmsnorm_absmax import RmsnormParams
from tritproof.verif.stream.rmsnorm_absmax import rows_case

from .equivalence_support import block_simulator, run_case

INFINITY, NAN, ONE = 0x7C00, 0x7E00, 0x3C00


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rmsnorm")


def codes(numbers):
    return np.asarray(numbers, np.float16).view(np.uint16).astype(np.int64)


def random_rows(count, params, beats, seed):
    shape = beats, params.lanes
    rng = np.random.default_rng(seed)
    return [codes(rng.normal(0, 1.5, shape)) for _ in range(count)]


@pytest.mark.parametrize(
    "config, length", [("tellme", 1536), ("tellme", 4096), ("bitnet2b", 2560), ("bitnet2b", 6912)]
)
def test_rows_follow_each_other_at_full_rate(config, length, folder):
    params = blocks()["rmsnorm_absmax"].configs[config]
    beats = length // params.lanes
    rows, gammas = (random_rows(8, params, beats, seed) for seed in (length, length + 1))
    result = run_case(
        block_simulator("rmsnorm_absmax", config, folder), rows_case(params, rows, gammas)
    )
    cycles = np.ptp(result.beat_cycles["m_axis"]) + 1
    assert 0.95 * cycles <= 8 * beats, (cycles, 8 * beats)


def test_a_row_of_zeros_stays_zero(folder):
    params = blocks()["rmsnorm_absmax"].configs["tellme"]
    zeros, ones = np.zeros((2, params.lanes), np.int64), np.full((2, params.lanes), ONE)
    case = rows_case(params, [zeros, ones], [ones, ones])
    result = run_case(block_simulator("rmsnorm_absmax", "tellme", folder), case)
    assert result.outputs["m_axis_absmax"].view("<u2").tolist() == [[0], [ONE]]


@pytest.mark.parametrize("special", [INFINITY, 0xFC00, NAN, 0xFFFF])
def test_a_row_with_no_number_in_it_is_nan_and_the_next_is_not(special, folder):
    params = blocks()["rmsnorm_absmax"].configs["tellme"]
    broken, sound = random_rows(2, params, 5, 3)
    broken[1, 3] = special
    gammas = [np.full(sound.shape, ONE)] * 2
    case = rows_case(params, [broken, sound], gammas)
    result = run_case(block_simulator("rmsnorm_absmax", "tellme", folder), case)
    assert (result.outputs["m_axis"][:5].view("<u2") == NAN).all()
    absmax = result.outputs["m_axis_absmax"].view("<u2")
    assert absmax[0] == NAN and absmax[1] < INFINITY


def test_a_row_too_long_is_refused_and_the_next_is_right(folder):
    params = blocks()["rmsnorm_absmax"].configs["tellme"]
    fits, long = random_rows(1, params, 256, 5), random_rows(1, params, 257, 6)
    case = rows_case(params, [*fits, *long, *fits], [*fits, *fits])
    assert case.status == {"refused": 1}
    run_case(block_simulator("rmsnorm_absmax", "tellme", folder), case)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: RmsnormParams(eps_units=0), "eps_units must be an integer from 1 to "),
        (lambda: RmsnormParams(lanes=64, depth=513), "513 beats of 64 numbers are 32832: "),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value).startswith(message)
