# SPDX-License-Identifier: Apache-2.0
"""Equivalence of the engine with the exact product, and products computed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import unpack_elements
from tritproof.verif.random_stalls import Stall, Stalls
from tritproof.verif.streams import Result, SimulationError
from tritproof.verif.ternary.products import (
    ACTIVATION,
    COMMAND,
    OUTPUT,
    WEIGHT,
    Command,
    Product,
    activation_beats,
    command_beats,
    differences,
    input_streams,
    output_beats,
    product,
    random_product,
    random_refused,
    weight_beats,
)

__all__ = ["Multiplied", "check", "multiply", "product", "run_commands", "stall_profiles"]

MOST_BYTES = 1 << 26
"""Bytes of weight beats in one simulation of several rows."""

BATCH_WEIGHTS = 1 << 20
"""Most weights of one batch of commands: bounds memory, and the size of a failing case."""


def stall_profiles() -> tuple[Mapping[str, Stall], ...]:
    """Return the ways of waiting that batches go through, from none to one starved stream."""
    often, burst = Stall(0.5), Stall(0.1, longest=40)
    return (
        {},
        {OUTPUT: often},
        {COMMAND: often, ACTIVATION: often, WEIGHT: often},
        {"*": Stall(0.3, longest=3)},
        {ACTIVATION: Stall(0.9), OUTPUT: burst},
        {WEIGHT: burst, OUTPUT: burst},
        {OUTPUT: Stall(0.95, longest=2)},
    )


def run_commands(
    simulator: Any,
    params: Any,
    commands: Sequence[Command],
    *,
    stalls: Stalls = None,
    seed: int = 0,
    noise: bool = True,
    **options: Any,
) -> Result:
    """Run commands that follow each other and return what was delivered.

    noise: fill padding with random bits drawn from ``seed``. ``options`` go to ``Simulator.run``.
    """
    rng = np.random.default_rng(seed) if noise else None
    return simulator.run(
        input_streams(params, commands, rng),
        expected_beats={OUTPUT: output_beats(params, commands)},
        stalls=stalls,
        seed=seed,
        **options,
    )


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare batches of commands, of random sizes and values, until ``vectors`` beats moved.

    Batches take turns through ``stall_profiles``; refused commands stand between good ones; every
    third batch is preceded by another one that a reset cuts off. A rule of a stream that is broken,
    or a deadlock, counts as one mismatch.
    """
    rng = np.random.default_rng(seed)
    profiles = stall_profiles()
    outcome, batch = Outcome(), 0
    # A refused or one-beat batch moves a handful of beats, so batches grow with what is asked for.
    largest = int(min(BATCH_WEIGHTS, max(256, vectors * params.g * params.t * params.q // 4)))
    while outcome.transactions < vectors and not outcome.mismatches:
        batch_seed = int(rng.integers(1 << 62))
        commands = _random_batch(params, rng, largest)
        options: dict[str, Any] = {"stalls": profiles[batch % len(profiles)], "seed": batch_seed}
        if batch % 3 == 2:
            before = _random_batch(params, rng, largest)
            options["preceding"] = input_streams(params, before, rng)
            options["reset_at"] = int(rng.integers(1, 400))
        outcome += _check_batch(simulator, params, commands, initial_state, options)
        batch += 1
    return outcome


def _random_batch(params: Any, rng: np.random.Generator, largest: int) -> list[Command]:
    commands: list[Command] = []
    budget = largest
    for _ in range(int(rng.integers(1, 65))):
        if rng.random() < 0.2:
            commands.append(random_refused(params, rng))
            continue
        commands.append(random_product(params, rng, budget))
        budget -= commands[-1].inputs * commands[-1].outputs
        if budget < 1:
            break
    return commands


def _check_batch(
    simulator: Any,
    params: Any,
    commands: list[Command],
    initial_state: int,
    options: dict[str, Any],
) -> Outcome:
    try:
        result = run_commands(simulator, params, commands, initial_state=initial_state, **options)
        wrong = differences(params, commands, result)
    except SimulationError as error:
        failure = _smallest_failure(simulator, params, commands, initial_state, options, str(error))
        return Outcome(transactions=1, mismatches=1, failure=failure)
    failure = None
    if wrong:
        failure = _smallest_failure(simulator, params, commands, initial_state, options, wrong[0])
    return Outcome(result.transactions, len(wrong), result.total_cycles, failure=failure)


def _smallest_failure(
    simulator: Any,
    params: Any,
    commands: list[Command],
    initial_state: int,
    options: dict[str, Any],
    problem: str,
) -> str:
    """Return the literal of the failing case: of one command without stalls if that fails too."""
    for candidates, kept in (
        [([one], {}) for one in commands if isinstance(one, Product)]
        + [([one], {k: options[k] for k in ("stalls", "seed")}) for one in commands]
    ):
        try:
            result = run_commands(
                simulator, params, candidates, initial_state=initial_state, **kept
            )
            wrong = differences(params, candidates, result)
            found = wrong[0] if wrong else None
        except SimulationError as error:
            found = str(error)
        if found:
            return _failure(candidates, kept, found)
    shown = {k: v for k, v in options.items() if k != "preceding"}
    return _failure(commands, shown, problem)


def _failure(commands: list[Command], options: Mapping[str, Any], problem: str) -> str:
    keywords = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"run_commands(simulator, params, {commands!r}{keywords})  # {problem}"


@dataclass(frozen=True)
class Multiplied:
    """Products of one matrix with one or many rows.

    outputs: int64[rows, outputs]; ``cycles`` from the first beat to the last, rows following each
    other at once; ``transactions`` the beats that moved.
    """

    outputs: np.ndarray
    cycles: int
    transactions: int


def multiply(
    simulator: Any,
    params: Any,
    weights: np.ndarray,
    rows: np.ndarray,
    *,
    stalls: Stalls = None,
    seed: int = 0,
) -> Multiplied:
    """Return weights int8[outputs, inputs] times each of ``rows`` int8[rows, inputs], simulated.

    Raises ValueError naming the sizes if the matrix is larger than the engine's maximum, and
    SimulationError if the engine breaks a rule of its streams or stops.
    """
    outputs, inputs = weights.shape
    if not (1 <= inputs <= params.max_inputs and 1 <= outputs <= params.max_outputs):
        raise ValueError(
            f"the engine takes 1 to {params.max_inputs} inputs and 1 to {params.max_outputs} "
            f"outputs, not {inputs} and {outputs}"
        )
    beats = weight_beats(params, weights, None)
    rows = np.asarray(rows)
    together = max(1, MOST_BYTES // beats.nbytes)
    found, cycles, transactions = [], 0, 0
    for first in range(0, len(rows), together):
        some = rows[first : first + together]
        result = simulator.run(
            {
                COMMAND: command_beats([Product(weights, row) for row in some]),
                ACTIVATION: np.concatenate([activation_beats(params, row, None) for row in some]),
                WEIGHT: np.tile(beats, (len(some), 1)),
            },
            expected_beats={OUTPUT: len(some) * -(-outputs // params.q)},
            stalls=stalls,
            seed=seed + first,
        )
        lanes = unpack_elements(result.outputs[OUTPUT], params.q, params.lane_width, signed=True)
        found.extend(lanes.reshape(len(some), -1)[:, :outputs])
        cycles += result.cycles
        transactions += result.transactions
    return Multiplied(np.array(found).reshape(-1, outputs), cycles, transactions)
