# SPDX-License-Identifier: Apache-2.0
"""Blocks whose every input is tried: what to expect of an input, and how the inputs are counted.

An adapter ``verif/<family>/<block>.py`` with ``enumeration(params) -> Enumeration`` makes
`tritproof prove` try all inputs of the block in the compiled simulator. What is tried is a proof
for every sequence of inputs only if the outputs depend on one input alone; that the block is such
a pipeline is read off its netlist (:mod:`tritproof.tools.prove.pipeline`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values, check_pipeline
from tritproof.verif.port_values import as_signed, compare_rows

CONTROLS = ("clk", "enable")
"""Inputs that are not enumerated: the clock, and the enable of a pipeline."""


@dataclass(frozen=True)
class Enumeration:
    """What a block gives for an input.

    latency: enabled clock cycles from an input to its outputs; 0 for a combinational block.
    expected: from int64[rows] by input port to int64[rows] by output port.
    """

    latency: int
    expected: Callable[[Values], Values]


def data_inputs(ports: Sequence[Any]) -> list[Any]:
    """Return the enumerated input ports, in order."""
    return [port for port in ports if port.direction == "in" and port.name not in CONTROLS]


def input_count(ports: Sequence[Any]) -> int:
    """Return how many inputs there are: all values of all enumerated ports."""
    return 1 << sum(port.width for port in data_inputs(ports))


def inputs_numbered(ports: Sequence[Any], numbers: np.ndarray) -> Values:
    """Return the inputs of the given numbers, below :func:`input_count`: the first port lowest."""
    found, offset = {}, 0
    for port in data_inputs(ports):
        values = (numbers >> offset) & ((1 << port.width) - 1)
        found[port.name] = as_signed(values, port.width) if port.signed else values
        offset += port.width
    return found


def compare_numbered(
    enumeration: Enumeration, simulator: Any, numbers: np.ndarray, initial_state: int = 1
) -> Outcome:
    """Compare the outputs of the inputs of the given numbers, one in every clock cycle."""
    latency = enumeration.latency
    inputs = inputs_numbered(simulator.ports, numbers)
    fed = {name: np.append(values, values[:1].repeat(latency)) for name, values in inputs.items()}
    if any(port.name == "enable" for port in simulator.ports):
        fed["enable"] = np.ones(len(numbers) + latency, np.int64)
    found = simulator.evaluate(fed, initial_state=initial_state)
    found = {name: values[latency:] for name, values in found.items()}
    return compare_rows(inputs, enumeration.expected(inputs), found, len(numbers))


def check_enumeration(
    enumeration: Enumeration,
    simulator: Any,
    vectors: int,
    seed: int,
    initial_state: int = 1,
    draw: Callable[[np.random.Generator, int], Values] | None = None,
) -> Outcome:
    """Compare random inputs of a pipeline, the enable low at random: the adapter's ``check``.

    ``draw(rng, rows)`` makes them; without it every input is as likely.
    """
    total = input_count(simulator.ports)

    def anything(rng: np.random.Generator, rows: int) -> Values:
        return inputs_numbered(simulator.ports, rng.integers(0, total, rows))

    return check_pipeline(
        simulator,
        enumeration.latency,
        vectors,
        seed,
        initial_state,
        draw or anything,
        enumeration.expected,
    )
