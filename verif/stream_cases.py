# SPDX-License-Identifier: Apache-2.0
"""Cases of blocks whose handshakes are streams: what goes in, and what must come out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_integers
from tritproof.verif.random_stalls import Stall
from tritproof.verif.streams import Beats, Result, SimulationError, Stream


@dataclass(frozen=True)
class Case:
    """Beats of the input streams, of the output streams due for them, and status ports.

    ``status``: in how many cycles each output port outside the streams is not 0, a number or a
    range. ``rising``: of such a port that stays high to the end, from the cycle in which a beat is
    first offered, the output stream and the number of the beat. ``keep``: the tkeep due,
    bool[beats, bytes], of output streams that have it.
    """

    inputs: Mapping[str, Beats]
    outputs: Mapping[str, Beats]
    status: Mapping[str, int | range] = field(default_factory=dict)
    rising: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    keep: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        beats = {name: [hex(one) for one in as_integers(b.data)] for name, b in self.inputs.items()}
        return str(beats).replace("'0x", "0x").replace("',", ",").replace("']", "]")


def stall_profiles(streams: Mapping[str, Stream]) -> tuple[Mapping[str, Stall], ...]:
    """Return the ways of waiting that cases go through, from none to one starved side."""
    sources = [name for name, stream in streams.items() if stream.direction == "in"]
    sinks = [name for name, stream in streams.items() if stream.direction == "out"]
    often, burst = Stall(0.5), Stall(0.1, longest=40)
    return (
        {},
        dict.fromkeys(sinks, often),
        dict.fromkeys(sources, often),
        {"*": Stall(0.3, longest=3)},
        dict.fromkeys(sources, Stall(0.9)) | dict.fromkeys(sinks, burst),
        dict.fromkeys(sinks, Stall(0.95, longest=2)),
        dict.fromkeys(sinks, Stall(0.2, waits_for_valid=True)),
    )


def check_cases(
    simulator: Any,
    vectors: int,
    seed: int,
    initial_state: int,
    draw: Callable[[np.random.Generator], Case],
) -> Outcome:
    """Compare cases until ``vectors`` beats moved.

    ``draw(rng)`` makes a case. They take turns through ``stall_profiles``; every third is preceded
    by another one that a reset cuts off. A broken rule of a stream counts as one mismatch.
    """
    profiles = stall_profiles(simulator.streams)
    outcome, number = Outcome(), 0
    while outcome.transactions < vectors and not outcome.mismatches:
        rng = np.random.default_rng([seed, number])
        case = draw(rng)
        options: dict[str, Any] = {
            "stalls": profiles[number % len(profiles)],
            "seed": int(rng.integers(1 << 62)),
        }
        if number % 3 == 2:
            options["preceding"] = draw(rng).inputs
            options["reset_at"] = int(rng.integers(1, 400))
        outcome += _check_one(simulator, case, initial_state, options)
        number += 1
    return outcome


def _check_one(
    simulator: Any, case: Case, initial_state: int, options: Mapping[str, Any]
) -> Outcome:
    due = {name: len(beats.data) for name, beats in case.outputs.items()}
    try:
        result = simulator.run(
            case.inputs, expected_beats=due, initial_state=initial_state, **options
        )
        wrong = differences(case, result)
        transactions, cycles = result.transactions, result.total_cycles
    except SimulationError as error:
        wrong, transactions, cycles = [str(error)], 1, 0
    shown = ", ".join(f"{name}={options[name]!r}" for name in ("stalls", "seed"))
    failure = f"run({case!r}, {shown})  # {wrong[0]}" if wrong else None
    return Outcome(transactions, len(wrong), cycles, failure=failure)


def differences(case: Case, result: Result) -> list[str]:
    """Return a line for every beat or status that is not what the case calls for."""
    wrong = []
    for name, due in case.outputs.items():
        found = result.outputs[name]
        unequal = (found != due.data).any(axis=1)
        if due.last is not None:
            unequal |= result.last[name] != np.asarray(due.last, bool)
        if name in case.keep:
            unequal |= (bytes_kept(result.keep[name], found) != case.keep[name]).any(axis=1)
        for beat in np.flatnonzero(unequal):
            shown = [as_integers(rows[beat : beat + 1])[0] for rows in (found, due.data)]
            text = f"{shown[0]:#x}, expected {shown[1]:#x}, or its tlast or tkeep"
            wrong.append(f"{name} beat {beat}: {text}")
    rising = {port: _cycles_since(result, *beat) for port, beat in case.rising.items()}
    for port, cycles in (*case.status.items(), *rising.items()):
        allowed = cycles if isinstance(cycles, range) else (cycles,)
        if result.status[port] not in allowed:
            wrong.append(f"{port} in {result.status[port]} cycles, expected {cycles}")
    return wrong


def _cycles_since(result: Result, stream: str, beat: int) -> range:
    """How many cycles there may be from that in which a beat was first offered to the end."""
    taken = result.beat_cycles[stream]
    free = int(taken[beat - 1]) + 1 if beat else 0
    return range(result.total_cycles - int(taken[beat]), result.total_cycles - free + 1)


def bytes_kept(keep: np.ndarray, data: np.ndarray) -> np.ndarray:
    """Return tkeep uint8[beats, bytes] as bool[beats, bytes of the data]."""
    return np.unpackbits(keep, axis=1, bitorder="little", count=data.shape[1]).astype(bool)
