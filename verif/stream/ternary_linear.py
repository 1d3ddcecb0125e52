# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ternary_linear: rows and matrices of every size, commands out of range."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.stream.bitlinear import bitlinear
from tritproof.ref.stream.dequantize import MANTISSA_WIDTH, SHIFT_WIDTH
from tritproof.ref.stream.rmsnorm import row_absmax
from tritproof.rtl.stream.ternary_linear import WEIGHT_SCALE_WIDTH
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream.quantize import random_row
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats
from tritproof.verif.ternary.products import Refused, command_beats, weight_beats

MOST_MACS = 1 << 17
"""Of one row in a comparison."""


@dataclass(frozen=True)
class Layer:
    """One row: codes int64[inputs], trits int8[outputs, inputs], the weights' scale, and the codes
    int64[outputs] of the second operand, if any."""

    row: np.ndarray
    weights: np.ndarray
    mantissa: int
    shift: int
    second: np.ndarray | None = None

    @property
    def inputs(self) -> int:
        """Columns of the matrix."""
        return self.weights.shape[1]

    @property
    def outputs(self) -> int:
        """Rows of the matrix, a multiple of the engine's lanes."""
        return self.weights.shape[0]


Operation = Callable[[np.ndarray, Layer], np.ndarray]
"""From the codes of a linear layer to those of what is fused behind it."""


def expected(layer: Layer) -> np.ndarray:
    """Return the codes int64[outputs] of the layer, the fused operation left out."""
    return bitlinear(layer.row, layer.weights.T, layer.mantissa, layer.shift)


def layers_case(
    params: Any,
    commands: list[Layer | Refused],
    rng: np.random.Generator,
    operation: Operation | None = None,
) -> Case:
    """Return the case of commands that follow each other, those out of range without a row."""
    engine = params.engine
    layers = [command for command in commands if isinstance(command, Layer)]
    padded, scales, due, second = [], [], [], []
    for layer in layers:
        row = rng.integers(0, 1 << 16, -(-layer.inputs // engine.g) * engine.g)
        row[: layer.inputs] = layer.row
        padded.append(row.reshape(-1, engine.g))
        scales.append(layer.mantissa | layer.shift << MANTISSA_WIDTH)
        codes = expected(layer)
        due.append((codes if operation is None else operation(codes, layer)).reshape(-1, engine.q))
        if layer.second is not None:
            second.append(layer.second.reshape(-1, engine.q))
    weights = [weight_beats(engine, layer.weights, rng) for layer in layers]
    absmax = [[row_absmax(layer.row)] for layer in layers]
    inputs = {
        "s_axis_command": Beats(command_beats(commands)),
        "s_axis_absmax": Beats(pack_elements(np.array(absmax), 16)),
        "s_axis": Beats(
            pack_elements(np.concatenate(padded), 16), ends_of([len(row) for row in padded])
        ),
        "s_axis_weight_scale": Beats(as_rows(scales, WEIGHT_SCALE_WIDTH // 8)),
        "s_axis_weight": Beats(np.concatenate(weights)),
    }
    if second:
        inputs["s_axis_second"] = Beats(pack_elements(np.concatenate(second), 16))
    outputs = Beats(pack_elements(np.concatenate(due), 16), ends_of([len(row) for row in due]))
    return Case(inputs, {"m_axis": outputs}, {"refused": len(commands) - len(layers)})


def random_layer(params: Any, rng: np.random.Generator, fused: bool = False) -> Layer:
    """Return a layer of any size, with scales that mostly give finite numbers."""
    engine = params.engine
    inputs = int(rng.integers(1, min(engine.max_inputs, 400), endpoint=True))
    blocks = min(engine.max_outputs, MOST_MACS // inputs, 200) // engine.q
    outputs = engine.q * int(rng.integers(1, max(blocks, 1), endpoint=True))
    row, _ = random_row(rng, inputs)
    return Layer(
        row,
        rng.integers(-1, 2, (outputs, inputs), np.int8),
        int(rng.integers(1 << (MANTISSA_WIDTH - 1), 1 << MANTISSA_WIDTH)),
        int(rng.integers(20, 1 << SHIFT_WIDTH)),
        random_pairs(rng, outputs)[0] if fused else None,
    )


def check_layers(
    simulator: Any,
    params: Any,
    vectors: int,
    seed: int,
    initial_state: int,
    operation: Operation | None = None,
) -> Outcome:
    """Compare random layers that follow each other, some commands out of range among them."""
    engine = params.engine
    outside = [(0, 1), (engine.max_inputs + 1, 1), (1, 0), (1, engine.max_outputs + 1)]

    def draw(rng: np.random.Generator) -> Case:
        commands: list[Layer | Refused] = [random_layer(params, rng, operation is not None)]
        for _ in range(int(rng.integers(0, 4))):
            if rng.random() < 0.2:
                commands.append(Refused(*outside[int(rng.integers(0, len(outside)))]))
            else:
                commands.append(random_layer(params, rng, operation is not None))
        return layers_case(params, commands, rng, operation)

    return check_cases(simulator, vectors, seed, initial_state, draw)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the numbers of random layers."""
    return check_layers(simulator, params, vectors, seed, initial_state)
