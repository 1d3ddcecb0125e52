# SPDX-License-Identifier: Apache-2.0
"""Rows through the blocks of a whole softmax: corner cases, refusals, resets and cycles."""

from fractions import Fraction

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.rtl.softmax.params import SoftmaxParams
from tritproof.rtl.softmax.score_buffer import BufferParams
from tritproof.rtl.softmax.score_scale import ScaleParams
from tritproof.rtl.softmax.softmax_online import OnlineParams
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.port_values import as_integers, as_rows
from tritproof.verif.random_stalls import Stall
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.softmax.softmax_buffered import row_case
from tritproof.verif.streams import Beats

from .equivalence_support import block_simulator, run_case, simulator_at

TELLME = SoftmaxParams()
UNIT = (1 << TELLME.least_shift, 0)
"""Mantissa and shift of the multiplier 1: scores are in units of 2^-frac themselves."""
OCTAVE = 1 << TELLME.frac
LOWEST = -(1 << (TELLME.score_width - 1))
RESULT_FRAC = "result_frac must be an integer from 1 to 20, not 0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def softmax(folder):
    return block_simulator("softmax_buffered", "tellme", folder)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: ScaleParams(33), "score_width must be an integer from 2 to 32, not 33"),
        (lambda: ScaleParams(4, 3, 6), "least_shift must be an integer from 1 to 5, not 6"),
        (lambda: ScaleParams(shift_width=7), "shift_width must be an integer from 1 to 6, not 7"),
        (lambda: BufferParams(depth=1000), "depth must be a power of two, not 1000"),
        (lambda: BufferParams(depth=1), "depth must be an integer from 2 to 8192, not 1"),
        (lambda: BufferParams(27, 28), "distance_width must be an integer from 2 to 27, not 28"),
        (lambda: BufferParams(passes=3), "passes must be an integer from 1 to 2, not 3"),
        (lambda: OnlineParams(tau=9), "tau must be an integer from 0 to 8, not 9"),
        (lambda: OnlineParams(depth=1), "depth must be an integer from 2 to 65535, not 1"),
        (lambda: OnlineParams(precision=29), "precision must be an integer from 2 to 28, not 29"),
        (lambda: SoftmaxParams(result_frac=0), RESULT_FRAC),
        (lambda: SoftmaxParams(depth=1000), "depth must be a power of two, not 1000"),
        (lambda: SoftmaxParams(frac=13), "frac must be an integer from 1 to 12, not 13"),
        (lambda: SoftmaxParams(8, 8), "distance_width must be an integer from 2 to 4, not 15"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == message


def run_rows(simulator, rows, scale=UNIT, **options):
    case = row_case(TELLME, [(np.array(row), *scale) for row in rows])
    return run_case(simulator, case, **options)


def probabilities(simulator, row, scale=UNIT):
    return as_integers(run_rows(simulator, [row], scale).outputs["m_axis"])


@pytest.mark.parametrize("length", [1, 2, 3, 7, 1000, 1024])
def test_equal_scores_share_one(softmax, length):
    share = round(Fraction(1 << 15, length))
    assert probabilities(softmax, [-1234] * length) == [share] * length


def test_the_lowest_scores_of_all(softmax):
    largest_scale = ((1 << TELLME.mantissa_width) - 1, 0)
    assert probabilities(softmax, [LOWEST] * 3, largest_scale) == [10923] * 3
    assert probabilities(softmax, [LOWEST, -1 - LOWEST], largest_scale) == [0, 1 << 15]


def test_scores_far_below_zero(softmax):
    row = [-16 * OCTAVE, -17 * OCTAVE, -17 * OCTAVE]
    assert probabilities(softmax, row) == [1 << 14, 1 << 13, 1 << 13]
    assert probabilities(softmax, [-4000 * OCTAVE, -4001 * OCTAVE]) == [21845, 10923]
    run_rows(softmax, [-(16 << 10) - np.arange(100) * 777])


def test_one_score_has_probability_one(softmax):
    for score in (LOWEST, -1, 0, -1 - LOWEST):
        assert probabilities(softmax, [score]) == [1 << 15]


def test_a_mantissa_of_zero_makes_all_scores_equal(softmax):
    assert probabilities(softmax, [LOWEST, 5, -1 - LOWEST, 0], (0, 3)) == [1 << 13] * 4


def test_a_row_that_fills_the_buffer(softmax):
    row = np.random.default_rng(1).integers(-4 * OCTAVE, 4 * OCTAVE, TELLME.depth)
    result = run_rows(softmax, [row, row[::-1], [3]])
    assert result.status["refused"] == 0


@pytest.mark.parametrize("length", [1025, 1026, 2048, 2049])
def test_a_row_past_the_buffer_is_refused_with_its_scale(softmax, length):
    short, scale = np.array([0, OCTAVE]), (1 << 15, 2)
    rows = [(short, *UNIT), (np.full(length, -1 - LOWEST), *UNIT), (short, *scale), (short, *UNIT)]
    result = run_case(softmax, row_case(TELLME, rows))
    assert result.status["refused"] == 1
    found = as_integers(result.outputs["m_axis"])
    assert found == [10923, 21845, 6554, 26214, 10923, 21845]


@pytest.mark.parametrize("seed", range(3))
def test_stalls_everywhere(softmax, seed):
    rng = np.random.default_rng(seed)
    lengths = [1, 2, 1030, 1, 40, 1024, 7, 3]
    rows = [rng.integers(-8 * OCTAVE, 8 * OCTAVE, length) for length in lengths]
    run_rows(softmax, rows, stalls=Stall(0.4, longest=4), seed=seed)


@pytest.mark.parametrize("cycle", [5, 40, 129, 135, 200, 285, 300])
def test_a_reset_in_the_middle_leaves_nothing(softmax, cycle):
    before = row_case(TELLME, [(np.full(128, 5 * OCTAVE), (1 << 16) - 1, 0)] * 3)
    run_rows(softmax, [[0, 1, -OCTAVE]], preceding=before.inputs, reset_at=cycle)


def test_a_permuted_row_gives_the_permuted_result(softmax):
    rng = np.random.default_rng(4)
    row = rng.integers(-6 * OCTAVE, 2 * OCTAVE, 500)
    order = rng.permutation(500)
    found = np.array(probabilities(softmax, row))
    assert probabilities(softmax, row[order]) == found[order].tolist()


def test_one_score_in_two_cycles(softmax):
    rows = np.random.default_rng(5).integers(-4 * OCTAVE, 4 * OCTAVE, (64, 128))
    result = run_rows(softmax, rows)
    assert 2 * rows.size >= 0.95 * result.cycles
    first_of_rows = result.beat_cycles["m_axis"][::128]
    assert (np.diff(first_of_rows) == 2 * 128).all()


@pytest.mark.parametrize("length", [1, 2, 3, 16])
def test_short_rows_take_little_more_than_two_cycles_a_score(softmax, length):
    result = run_rows(softmax, [list(range(length))] * 200)
    assert result.cycles <= 200 * 2 * length + length + 9 + TELLME.result_frac + 4


@pytest.mark.parametrize("length", [1, 2, 128])
def test_the_first_probability_comes_when_it_is_said_to(softmax, length):
    result = run_rows(softmax, [[0] * length])
    last_taken, delivered = result.beat_cycles["s_axis"][-1], result.beat_cycles["m_axis"][0]
    assert delivered - last_taken == length + 9 + TELLME.result_frac


def online_beats(params, rows):
    given = [value & ((1 << params.value_width) - 1) for row in rows for value in row]
    data = as_rows(given, whole_bytes(params.value_width) // 8)
    return {"s_axis": Beats(data, ends_of([len(row) for row in rows]))}


def online_fields(params, result):
    """Return the numbers of every field of the beats, by name."""
    beats, fields, low = as_integers(result.outputs["m_axis"]), {}, 0
    for name, width in params.fields:
        fields[name] = [(beat >> low) & ((1 << width) - 1) for beat in beats]
        low += width
    return fields


def online(folder, config, rows, **options):
    params = blocks()["softmax_online"].configs[config]
    simulator = block_simulator("softmax_online", config, folder)
    due = {"m_axis": sum(len(row) for row in rows)}
    given = online_beats(params, rows)
    result = simulator.run(given, expected_beats=due, **options)
    assert (result.last["m_axis"] == given["s_axis"].last).all()
    return online_fields(params, result)


def test_the_first_score_of_a_row_is_taken_as_it_is(folder):
    # -8 octaves, with an octave of room above (tau): half of 2^4. The row before was at 8 octaves.
    found = online(folder, "tiny", [[31, 31], [-32, -32], [0]])
    assert found["first"] == [1, 0, 1, 0, 1]
    assert found["power"][2:] == [8, 8, 8]
    assert found["sum"][2:] == [8, 16, 8]
    assert found["rescale"] == [0] * 5


def test_a_rescale_of_one_octave(folder):
    found = online(folder, "tellme", [[0, OCTAVE], [0, 1], [OCTAVE, 0]])
    one = 1 << 24
    assert found["rescale"] == [0, 1, 0, 1, 0, 0]
    assert found["sum"][:2] == [one, one // 2 + one]
    assert found["sum"][4:] == [one, one + one // 2]
    assert found["power"][3] == int(one * 2 ** (1 / OCTAVE - 1))


def test_no_rescale_within_tau(folder):
    # In quarters of an octave: from 0 up to one octave stays, above that moves by two.
    found = online(folder, "tiny", [[0, 4], [0, 5]])
    assert found["rescale"] == [0, 0, 0, 2]
    assert found["sum"] == [8, 8 + 16, 8, (8 >> 2) + found["power"][3]]


def test_a_rise_past_the_sum_leaves_nothing(folder):
    found = online(folder, "tellme", [[-(1 << 26), (1 << 26) - OCTAVE]])
    assert found["rescale"] == [0, (1 << OnlineParams().rescale_width) - 1]
    assert found["sum"] == [1 << 24, 1 << 24]


def test_a_row_past_the_depth_is_marked(folder):
    found = online(folder, "tiny", [[0] * 4, [0] * 7, [0] * 4])
    assert found["too_long"] == [0] * 4 + [0] * 4 + [1] * 3 + [0] * 4
    assert found["sum"][:8] == 2 * [8, 16, 24, 32]
    assert found["sum"][11:] == [8, 16, 24, 32]


@pytest.mark.parametrize("cycle", range(1, 12))
def test_a_reset_ends_the_row_of_the_online_softmax(folder, cycle):
    before = online_beats(OnlineParams(6, 2, 4, 1, 4), [[31] * 9])
    before = {"s_axis": Beats(before["s_axis"].data, np.zeros(9, bool))}
    found = online(folder, "tiny", [[-32, -28]], preceding=before, reset_at=cycle)
    assert found["first"] == [1, 0]
    assert found["too_long"] == [0, 0]
    assert found["sum"] == [8, 8 + 16]


def test_a_beat_a_cycle_from_the_online_softmax(folder):
    params = blocks()["softmax_online"].configs["tellme"]
    simulator = block_simulator("softmax_online", "tellme", folder)
    given = online_beats(params, [range(128)] * 10)
    result = simulator.run(given, expected_beats={"m_axis": 1280})
    assert (result.beat_cycles["m_axis"] == result.beat_cycles["s_axis"] + 4).all()
    assert (np.diff(result.beat_cycles["s_axis"]) == 1).all()


def buffered(simulator, params, rows, **options):
    """Return distances, firsts, last passes and ends of the beats, and the whole result."""
    given = [value & ((1 << params.value_width) - 1) for row in rows for value in row]
    data = as_rows(given, whole_bytes(params.value_width) // 8)
    beats = Beats(data, ends_of([len(row) for row in rows]))
    result = simulator.run({"s_axis": beats}, **options)
    width, words = params.distance_width, as_integers(result.outputs["m_axis"])
    parts = [[word & ((1 << width) - 1) for word in words]]
    parts += [[word >> bit & 1 for word in words] for bit in (width, width + 1)]
    return *parts, result.last["m_axis"].astype(int).tolist(), result


def test_a_row_is_given_out_twice(folder):
    params = BufferParams(6, 6, depth=4)
    simulator = simulator_at("score_buffer", params, folder / "twice")
    distances, first, last_pass, ends, result = buffered(simulator, params, [[3, -5, 3], [-32]])
    assert distances == [0, 8, 0, 0, 8, 0, 0, 0]
    assert first == [1, 0, 0, 1, 0, 0, 1, 1]
    assert last_pass == [0, 0, 0, 1, 1, 1, 0, 1]
    assert ends == [0, 0, 1, 0, 0, 1, 1, 1]
    taken, delivered = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert delivered[0] - taken[2] == 3
    assert (np.diff(delivered) == 1).all()


def test_a_row_is_given_out_once(folder):
    params = BufferParams(6, 6, depth=4, passes=1)
    simulator = simulator_at("score_buffer", params, folder / "once")
    distances, first, last_pass, ends, _ = buffered(simulator, params, [[3, -5, 3], [-32]])
    assert distances == [0, 8, 0, 0]
    assert first == [1, 0, 0, 1]
    assert last_pass == [1, 1, 1, 1]
    assert ends == [0, 0, 1, 1]


def test_staggered_rows_begin_late(folder):
    params = BufferParams(6, 6, depth=4, passes=1, rows=3, staggered=True)
    simulator = simulator_at("score_buffer", params, folder / "staggered")
    # 31, before the starts of rows 1 and 2, is no score of theirs.
    beats = [[5, 31, 31], [4, 3, 31], [7, 9, -1]]
    words = [sum((x & 63) << (6 * row) for row, x in enumerate(beat)) for beat in beats]
    data = as_rows(words, whole_bytes(params.input_width) // 8)
    found = simulator.run({"s_axis": Beats(data, ends_of([3]))}).outputs["m_axis"]
    distances = [[word >> (6 * row) & 63 for row in range(3)] for word in as_integers(found)]
    assert distances == [[2, 63, 63], [3, 6, 63], [0, 0, 0]]


def test_distances_end_at_all_ones(folder):
    params = blocks()["score_buffer"].configs["tellme"]
    simulator = block_simulator("score_buffer", "tellme", folder)
    top, most = (1 << 26) - 1, (1 << 15) - 1
    row = [top, top - most + 1, top - most, top - most - 1, -(1 << 26)]
    distances, *_ = buffered(simulator, params, [row])
    assert distances == 2 * [0, most - 1, most, most, most]


def test_the_buffer_refuses_a_row_past_its_depth(folder):
    params = BufferParams(6, 6, depth=4)
    simulator = simulator_at("score_buffer", params, folder / "refusing")
    rows = [[1, 2, 3, 4], [31] * 5, [31] * 9, [2, 1]]
    distances, *_, result = buffered(simulator, params, rows)
    assert distances == 2 * [3, 2, 1, 0] + 2 * [0, 1]
    assert result.status["refused"] == 2


def test_scaled_scores_are_rounded_down(folder):
    simulator = block_simulator("score_scale", "tellme", folder)
    score = [-1, 1, LOWEST, -1 - LOWEST, 4096, 0, 0]
    inputs = {
        "enable": [1] * 7,
        "score": score,
        "mantissa": [1, 1, 65535, 65535, 1, 0, 0],
        "shift": [31, 31, 0, 0, 0, 0, 0],
    }
    inputs = {name: np.array(values) for name, values in inputs.items()}
    found = simulator.evaluate(inputs)["value"][2:].tolist()
    assert found == [-1, 0, -(65535 << 10), (65535 << 10) - 16, 1]
