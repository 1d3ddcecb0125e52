# SPDX-License-Identifier: Apache-2.0
"""Equivalence of the engine with the exact product, and products computed with it."""

import itertools
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.ternary.matvec import matvec
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import corner_biased, unpack_elements
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

__all__ = [
    "Multiplied",
    "bench",
    "bench_products",
    "check",
    "multiply",
    "product",
    "run_commands",
    "stall_profiles",
]

MOST_BYTES = 1 << 24
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
        {OUTPUT: Stall(0.2, waits_for_valid=True)},
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

    Batches run on all cores and take turns through ``stall_profiles``; refused commands stand
    between good ones; every third batch is preceded by another one that a reset cuts off. A rule of
    a stream that is broken, or a deadlock, counts as one mismatch.
    """
    # A batch that is refused or has one beat moves little, so batches grow with what is asked for.
    largest = int(min(BATCH_WEIGHTS, max(256, vectors * params.g * params.t * params.q // 4)))

    def check_one(batch: int) -> Outcome:
        return _check_batch(simulator, params, batch, largest, seed, initial_state)

    outcome = Outcome()
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for first in itertools.count(0, workers):
            # Taken in order, so that the number of cores changes nothing.
            for one in pool.map(check_one, range(first, first + workers)):
                outcome += one
                if outcome.transactions >= vectors or outcome.mismatches:
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
    simulator: Any, params: Any, batch: int, largest: int, seed: int, initial_state: int
) -> Outcome:
    rng = np.random.default_rng([seed, batch])
    profiles = stall_profiles()
    commands = _random_batch(params, rng, largest)
    options: dict[str, Any] = {
        "stalls": profiles[batch % len(profiles)],
        "seed": int(rng.integers(1 << 62)),
    }
    if batch % 3 == 2:
        before = _random_batch(params, rng, largest)
        options["preceding"] = input_streams(params, before, rng)
        options["reset_at"] = int(rng.integers(1, 400))
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


def bench_products(params: Any, vectors: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a random matrix and as many rows as take ``vectors`` beats or a little more.

    The matrix is 1536 x 1536, the size of the published model's projections, or the largest.
    """
    rng = np.random.default_rng(seed)
    outputs, inputs = min(1536, params.max_outputs), min(1536, params.max_inputs)
    weights = rng.integers(-1, 2, (outputs, inputs), np.int8)
    beats = -(-outputs // params.q) * (-(-inputs // (params.t * params.g)) + 1)
    beats += -(-inputs // params.g) + 1
    rows = corner_biased(rng, (-(-vectors // beats), inputs), -128, 127).astype(np.int8)
    return weights, rows


def bench(simulator: Any, params: Any, vectors: int, seed: int) -> tuple[int, float]:
    """Return transactions checked, and the seconds that took, for ``bench_products``.

    The seconds hold what the cocotb bench's hold: packing, simulation, comparison. The rows are
    shared out among all cores.

    Raises AssertionError naming the first wrong output.
    """
    weights, rows = bench_products(params, vectors, seed)

    workers = os.cpu_count() or 1
    batches = [batch for batch in np.array_split(rows, workers) if len(batch)]
    start = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda some: multiply(simulator, params, weights, some), batches))
    # All at once, after the simulations: the product itself occupies every core.
    outputs = np.concatenate([products.outputs for products in found])
    wrong = np.argwhere(outputs != matvec(weights, rows))
    seconds = time.perf_counter() - start
    if len(wrong):
        raise AssertionError(f"row {wrong[0][0]} of {len(rows)}, output {wrong[0][1]} is wrong")
    return sum(products.transactions for products in found), seconds


@dataclass(frozen=True)
class Multiplied:
    """Products of one matrix with one or many rows.

    outputs: int64[rows, outputs]; ``cycles`` from the first beat to the last, rows following each
    other at once; ``transactions`` the beats that moved. Where weights come from memory:
    ``port_beats`` of its port, ``port_cycles`` from the first to the last, ``port_bits`` of all.
    """

    outputs: np.ndarray
    cycles: int
    transactions: int
    port_beats: int = 0
    port_cycles: int = 0
    port_bits: int = 0


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
    together = max(1, min(len(rows), MOST_BYTES // beats.nbytes))
    repeated = np.tile(beats, (together, 1))
    found, cycles, transactions = [], 0, 0
    for first in range(0, len(rows), together):
        some = rows[first : first + together]
        result = simulator.run(
            {
                COMMAND: command_beats([Product(weights, row) for row in some]),
                ACTIVATION: np.concatenate([activation_beats(params, row, None) for row in some]),
                WEIGHT: repeated[: len(some) * len(beats)],
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
