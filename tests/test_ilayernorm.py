# SPDX-License-Identifier: Apache-2.0
"""The integer layer normalisation and its parts: theorems, widths, timing, corner cases."""

import numpy as np
import pytest
from tritproof.ref.ivit import theorems
from tritproof.ref.ivit.layernorm import (
    FACTOR,
    exact_root,
    ilayernorm,
    mean_and_factor,
    newton_root,
    rounded_mean,
    sums_of_row,
)
from tritproof.ref.theorem import NotProvedError
from tritproof.rtl.ivit.ilayernorm import IlayernormParams
from tritproof.rtl.ivit.layernorm_factor import LayernormFactorParams
from tritproof.rtl.ivit.newton_root import NewtonParams
from tritproof.rtl.manifest import blocks
from tritproof.verif.ivit.ilayernorm import known_rows, rows_case
from tritproof.verif.ivit.layernorm_factor import rows_case as factors_case
from tritproof.verif.ivit.vectors import known
from tritproof.verif.port_values import as_integers, as_rows

from .equivalence_support import block_simulator, run_case

LOWEST, HIGHEST = -(1 << 15), (1 << 15) - 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ilayernorm")


def random_row(length, seed):
    return np.random.default_rng(seed).integers(LOWEST, HIGHEST + 1, length).tolist()


def no_bias(*rows):
    return [(row, [0] * len(row)) for row in rows]


def run(config, rows, folder, **options):
    params = blocks()["ilayernorm"].configs[config]
    case = rows_case(params, rows)
    return case, run_case(block_simulator("ilayernorm", config, folder), case, **options)


def test_every_theorem_is_proved():
    proved = theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) >= 15


@pytest.mark.parametrize(
    "prove",
    [
        lambda: theorems.newton_has_its_bits(32, 16, 10, 17, 16),
        lambda: theorems.newton_has_its_bits(41, 16, 10, 24, 25),
        lambda: theorems.newton_has_its_bits(6, 2, 3, 4, 4),
        lambda: theorems.published_root_is_near(48),
        lambda: theorems.overflow_is_a_factor(31, 21, 29, 0),
        lambda: theorems.overflow_is_a_factor(41, 25, 25, 32),
    ],
)
def test_false_theorems_are_refused(prove):
    with pytest.raises(NotProvedError):
        prove()


def test_theorems_are_of_the_blocks_there_are():
    def of(name):
        return blocks()[name].configs.values()

    newtons = {
        (p.radicand_width, p.first, p.steps, p.root_width, p.quotient_width)
        for p in of("newton_root")
    }
    assert newtons <= set(theorems.NEWTON_SIZES)
    divisions = {(p.division, p.published) for p in of("layernorm_factor")}
    factors = {
        (d.dividend_width, d.divisor_width, d.quotient_width, 64 if published else 0)
        for d, published in divisions
    }
    assert factors == set(theorems.FACTOR_SIZES)
    assert {p.max_count for p in of("layernorm_factor")} == set(theorems.DEPTHS)
    assert {p.depth for p in of("ilayernorm")} == set(theorems.DEPTHS)


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 197, 1024, 1536, 2048, 4095, 4096])
def test_widths_are_those_of_the_sums(depth):
    for published in (False, True):
        params = LayernormFactorParams(depth, published)
        named = theorems.sums_have_their_bits(depth).statement
        widths = params.sum_width, params.variance_width, params.squares_width
        assert named.endswith("sum {}, variance {}, squares {}".format(*widths))
        greatest = (depth << 30) - 1
        root = newton_root(greatest) if published else exact_root(greatest)
        assert root < 1 << params.root_width <= 1 << params.division.divisor_width
        assert depth * -LOWEST < 1 << params.division.dividend_width


def test_the_published_root_is_not_the_root_of_short_rows():
    wrong = [v for v in range(186**2) if newton_root(v) > exact_root(v) + 1]
    assert (wrong[0], wrong[-1]) == (0, 186**2 - 1)
    assert (newton_root(0), newton_root(1), newton_root(782), exact_root(782)) == (64, 64, 67, 27)


def test_one_pass_is_enough():
    for seed in range(200):
        row = random_row(1 + seed, seed)
        for published in (False, True):
            mean, factor = mean_and_factor(*sums_of_row(row), published=published)
            assert mean == rounded_mean(row)
            due = ilayernorm(row, published=published)
            assert [(x - mean) * factor >> 1 for x in row] == due


def test_every_vector_is_simulated():
    simulated = [row for p in blocks()["ilayernorm"].configs.values() for row, _ in known_rows(p)]
    assert known("layernorm")
    left = {one["id"]: one["C"] for one in known("layernorm") if one["x"] not in simulated}
    assert not left, "no published configuration keeps rows as long"


@pytest.mark.parametrize("config", ["tiny", "vit", "short_rows"])
def test_published_roots_and_when_they_come(config, folder):
    params = blocks()["newton_root"].configs[config]
    radicands = [one for one in (0, 1, 62, 63, 782, 34595, 87819948) if one <= params.greatest]
    radicands.append(params.greatest)
    simulator = block_simulator("newton_root", config, folder)
    size = simulator.streams["s_axis"].bytes_of("tdata")
    found = simulator.run(
        {"s_axis": as_rows(radicands, size)}, expected_beats={"m_axis": len(radicands)}
    )
    due = [newton_root(one, 1 << params.first, params.steps) for one in radicands]
    assert as_integers(found.outputs["m_axis"]) == due
    taken, delivered = found.beat_cycles["s_axis"], found.beat_cycles["m_axis"]
    assert (delivered - taken == params.steps * (params.quotient_width + 2) + 1).all()
    assert (taken[1:] == delivered[:-1] + 1).all()


@pytest.mark.parametrize("config, latency", [("vit", 94), ("vit_published", 333)])
def test_factors_and_when_they_come(config, latency, folder):
    params = blocks()["layernorm_factor"].configs[config]
    ends = [[LOWEST] * 2048, [HIGHEST] * 2048, [LOWEST, HIGHEST] * 1024, [LOWEST], [0, 1]]
    case = factors_case(params, [*ends, [5, 5, 6], random_row(768, 1)])
    found = run_case(block_simulator("layernorm_factor", config, folder), case)
    taken, delivered = found.beat_cycles["s_axis"], found.beat_cycles["m_axis"]
    assert (delivered - taken).tolist() == [latency] * len(taken)
    assert (taken[1:] == delivered[:-1] + 1).all()


@pytest.mark.parametrize(
    "config, length",
    [("vit", 96), ("vit", 384), ("vit", 768), ("vit", 2048), ("vit_published", 384),
     ("vit_published", 768), ("vit_published", 1536)],
)  # fmt: skip
def test_long_rows_follow_each_other_at_full_rate(config, length, folder):
    rows = [random_row(length, seed) for seed in range(8)]
    _, result = run(config, no_bias(*rows), folder)
    cycles = np.ptp(result.beat_cycles["m_axis"]) + 1
    assert cycles <= 8 * length + 7 * 2, (cycles, 8 * length)


@pytest.mark.parametrize("config", ["tiny", "tiny_published"])
def test_rows_without_spread_are_their_bias(config, folder):
    numbers = [[LOWEST], [HIGHEST] * 4, [0], [7, 7], [-3] * 3]
    biases = [[(1 << 39) - 1 - n for n in range(len(row))] for row in numbers]
    case, _ = run(config, list(zip(numbers, biases, strict=True)), folder)
    assert as_integers(case.outputs["m_axis"].data) == [one for bias in biases for one in bias]


@pytest.mark.parametrize("config", ["tiny", "tiny_published", "vit", "vit_published"])
def test_a_row_too_long_is_refused_and_the_next_is_right(config, folder):
    depth = blocks()["ilayernorm"].configs[config].depth
    full, long = random_row(depth, 1), random_row(depth + 1, 2)
    case, _ = run(config, no_bias(full, long, full, [LOWEST] * (2 * depth), [1, -2], full), folder)
    assert case.status == {"refused": 2}


def test_the_extremes_fit(folder):
    rows = [[LOWEST, HIGHEST] * 1024, [LOWEST] * 2047 + [HIGHEST], [HIGHEST] + [LOWEST], [1, 0]]
    for published in (False, True):
        for row in rows:
            mean, factor = mean_and_factor(*sums_of_row(row), published=published)
            assert max(abs(one - mean) * factor for one in row) <= FACTOR
    bias = [-(1 << 39), (1 << 39) - 1]
    run("vit", [(row, bias * (len(row) // 2)) for row in rows], folder)


def test_a_reset_in_the_middle_of_a_row_forgets_it(folder):
    params = blocks()["ilayernorm"].configs["tiny"]
    before_it = rows_case(params, no_bias([1, 2, 3, 4], [LOWEST, 5, 6], [7, 8, 9]))
    for reset_at in range(1, 240, 7):
        rows = no_bias([LOWEST, HIGHEST], random_row(4, reset_at))
        run("tiny", rows, folder, preceding=before_it.inputs, reset_at=reset_at)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: IlayernormParams(1), "depth must be an integer from 2 to 4096, not 1"),
        (lambda: IlayernormParams(4097), "depth must be an integer from 2 to 4096, not 4097"),
        (
            lambda: LayernormFactorParams(4097),
            "max_count must be an integer from 2 to 4096, not 4097",
        ),
        (lambda: NewtonParams(1), "radicand_width must be an integer from 2 to 48, not 1"),
        (lambda: NewtonParams(first=25), "first must be an integer from 1 to 24, not 25"),
        (lambda: NewtonParams(steps=17), "steps must be an integer from 1 to 16, not 17"),
        (
            lambda: NewtonParams(quotient_width=24),
            "quotient_width must be an integer from 25 to 32, not 24",
        ),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message
