# SPDX-License-Identifier: Apache-2.0
"""Streams through a sound register arrive; each way of breaking it is an error of its own."""

import numpy as np
import pytest
from tritproof.rtl.manifest import Port
from tritproof.verif.random_stalls import Stall
from tritproof.verif.simulator import require_known
from tritproof.verif.streams import (
    Beats,
    DeadlockError,
    ExtraOutputError,
    ProtocolError,
    UnknownStateError,
    streams_of,
)

from .simulator_support import beats, stream_simulator

STALLS = [
    None,
    0.5,
    {"s_axis": 0.9},
    {"m_axis": Stall(0.2, longest=30)},
    {"*": 0.3, "m_axis": Stall(0.8, longest=3)},
    Stall(0.2, waits_for_valid=True),
]


@pytest.fixture
def register(tmp_path):
    return stream_simulator(tmp_path)


@pytest.mark.parametrize("stalls", STALLS)
@pytest.mark.parametrize("known", [True, False])
def test_every_beat_arrives_under_any_stalls(register, stalls, known):
    data, rng = beats(500), np.random.default_rng(3)
    last, keep = rng.random(500) < 0.1, rng.integers(0, 8, (500, 1), dtype=np.uint8)
    expected = {"m_axis": 500} if known else None
    result = register.run(
        {"s_axis": Beats(data, last, keep)}, expected_beats=expected, stalls=stalls, seed=7
    )
    assert np.array_equal(result.outputs["m_axis"], data)
    assert np.array_equal(result.last["m_axis"], last)
    assert np.array_equal(result.keep["m_axis"], keep)
    assert result.transactions == 1000


def test_cycles_are_counted_from_the_first_beat_to_the_last(register):
    result = register.run({"s_axis": beats(100)})
    assert result.beat_cycles["s_axis"].tolist() == list(range(100))
    assert result.beat_cycles["m_axis"].tolist() == list(range(1, 101))
    assert (result.first_cycle, result.last_cycle, result.cycles) == (0, 100, 101)
    assert result.status == {"full": 100}
    assert result.total_cycles == 101 + 512


def test_stalls_come_from_the_seed(register):
    def moved(seed):
        result = register.run({"s_axis": beats(200)}, stalls=0.5, seed=seed)
        return result.beat_cycles["m_axis"].tolist()

    assert moved(1) == moved(1) != moved(2)


def test_no_beats_is_a_run_too(register):
    result = register.run({})
    assert (result.transactions, result.cycles) == (0, 0)


@pytest.mark.parametrize(
    "breakage, error, message",
    [
        ("drops", DeadlockError, "stream m_axis, cycle .*: nothing moves and 49 of 50 beats"),
        ("duplicates", ExtraOutputError, "stream m_axis, cycle .*: a beat beyond the 50 expected"),
        ("stops", DeadlockError, "stream s_axis, cycle .*: nothing moves and 7 of 50 beats"),
        ("waits_for_ready", DeadlockError, "stream s_axis, cycle .*: nothing moves and 1 of 50"),
        ("withdraws", ProtocolError, "stream m_axis, cycle .*: beat .* was withdrawn while"),
        ("changes", ProtocolError, "stream m_axis, cycle .*: beat .* changed while it"),
        ("changes_last", ProtocolError, "stream m_axis, cycle .*: beat .* changed while it"),
    ],
)
def test_every_breakage_is_named_with_stream_and_cycle(tmp_path, breakage, error, message):
    waits = breakage == "waits_for_ready"
    with pytest.raises(error, match=message):
        stream_simulator(tmp_path, breakage).run(
            {"s_axis": beats(50)},
            expected_beats={"m_axis": 50},
            stalls=Stall(0.5, waits_for_valid=waits),
            max_idle_cycles=100,
        )


def test_a_state_that_was_never_set_shows_between_seeds(tmp_path, register):
    def run(simulator):
        return lambda state: simulator.run({"s_axis": beats(50)}, initial_state=state)

    assert require_known(run(register)).transactions == 100
    with pytest.raises(UnknownStateError, match="initial states .* give different last of m_axis"):
        require_known(run(stream_simulator(tmp_path, "unset")), range(1, 9))


def test_a_reset_in_the_middle_forgets_what_was_before(tmp_path, register):
    def run(simulator):
        before, data = {"s_axis": beats(40, seed=5)}, beats(30, seed=6)
        result = simulator.run(
            {"s_axis": data},
            expected_beats={"m_axis": 30},
            preceding=before,
            reset_at=11,
            stalls={"m_axis": 0.9},
            reset_cycles=1,
        )
        assert np.array_equal(result.outputs["m_axis"], data)

    run(register)
    with pytest.raises((AssertionError, ExtraOutputError)):
        run(stream_simulator(tmp_path, "ignores_reset"))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"inputs": {"other": beats(1)}}, "no input stream other; there are: s_axis"),
        ({"inputs": {"s_axis": beats(1)[:, :2]}}, "port s_axis_tdata takes uint8 rows of 3 bytes"),
        ({"inputs": {"s_axis": Beats(beats(2), last=np.array([True]))}}, "1 of tlast, 2 of tkeep"),
        ({"inputs": {}, "expected_beats": {"other": 1}}, "the output streams are .'m_axis'."),
        ({"inputs": {}, "stalls": 1.0}, "stall probability must be 0 to 0.99, not 1.0"),
        ({"inputs": {}, "stalls": {"m_axis": "often"}}, "often"),
    ],
)
def test_wrong_arguments_are_named(register, arguments, message):
    with pytest.raises(ValueError, match=message):
        register.run(**arguments)


def test_the_longest_stall_has_a_range():
    with pytest.raises(ValueError, match="longest stall must be 1 to 65535 cycles, not 0"):
        Stall(0.5, longest=0)


def test_half_a_stream_is_refused():
    with pytest.raises(ValueError, match="stream s_axis has a tvalid port but lacks tdata or"):
        streams_of([Port("s_axis_tvalid", "in", 1), Port("s_axis_tready", "out", 1)])


def test_an_input_outside_every_stream_cannot_be_driven(register):
    extra = Port("mode", "in", 1)
    register.ports = (*register.ports, extra)
    with pytest.raises(ValueError, match="input ports outside every stream: mode; use evaluate"):
        register.run({})
