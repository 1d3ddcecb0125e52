# SPDX-License-Identifier: Apache-2.0
"""L-Mul's blocks: cycles of the streams as declared, at the sizes of the models; any bias."""

import numpy as np
import pytest
from tritproof.rtl.lmul.lmul import LmulParams
from tritproof.rtl.lmul.lmul_dot import STAGES, LmulDotParams
from tritproof.rtl.manifest import blocks
from tritproof.tools.audit import audit
from tritproof.tools.convert import convert
from tritproof.verif.lmul import lmul, lmul_attention_scores, lmul_dot, rounded_mul

from .equivalence_support import block_simulator, run_case, simulator_at


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lmul")


@pytest.mark.parametrize("config", ["e4m3", "e5m2", "float16"])
def test_a_beat_of_a_row_in_every_cycle(config, folder):
    params, rng = blocks()["lmul_dot"].configs[config], np.random.default_rng(1)
    lengths = [96, 256, 1, 2]
    rows = ([lmul_dot.random_row(params, rng, n) for n in lengths] for _ in range(2))
    case = lmul_dot.rows_case(params, *rows)
    result = run_case(block_simulator("lmul_dot", config, folder), case)
    taken, given = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert np.array_equal(np.diff(taken), np.ones(sum(lengths) - 1))
    assert np.array_equal(given - taken[np.cumsum(lengths) - 1], np.full(4, STAGES))


@pytest.mark.parametrize("config, size", [("tellme", 96), ("bitnet2b", 128)])
def test_scores_of_a_context_take_the_beats_of_its_keys(config, size, folder):
    params, rng = blocks()["lmul_attention_scores"].configs[config], np.random.default_rng(2)
    beats = size // params.lanes
    query = lmul_dot.random_row(params, rng, beats)
    keys = [lmul_dot.random_row(params, rng, beats) for _ in range(1024)]
    case = lmul_attention_scores.requests_case(params, [query], [keys])
    result = run_case(block_simulator("lmul_attention_scores", config, folder), case)
    cycles = np.ptp(result.beat_cycles["s_axis"]) + 1
    assert cycles == 1024 * beats
    assert set(np.diff(result.beat_cycles["m_axis"])) == {beats}


@pytest.mark.parametrize("bias", [1, 4, 14])
def test_products_with_any_bias_are_those_of_the_specification(bias, folder):
    params = LmulParams(4, 3, bias, offset=1, saturate=False)
    for name, comparison in (("lmul", lmul), ("rounded_mul", rounded_mul)):
        place = folder / f"{name}_{bias}"
        outcome = comparison.check(simulator_at(name, params, place), params, 100, seed=3)
        assert outcome.mismatches == 0 and outcome.exhaustive


def test_sums_with_an_unusual_bias_are_those_of_the_specification(folder):
    params = LmulDotParams(4, 3, 4, offset=1, lanes=2, depth=3)
    simulator = simulator_at("lmul_dot", params, folder / "dot_unusual")
    assert lmul_dot.check(simulator, params, 40, seed=4).mismatches == 0


@pytest.mark.parametrize("name", ["lmul", "rounded_mul"])
def test_constants_of_31_bits_pass_the_audit(name, tmp_path):
    converted = convert(blocks()[name], "float32", tmp_path)
    assert [str(finding) for finding in audit(converted)] == []
