# SPDX-License-Identifier: Apache-2.0
"""Matrix-vector products as streams of the engine ``tlmm``, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product as product_of_sets
from typing import Any

import numpy as np
from tritproof.ref.ternary.codes import encode, trits_of
from tritproof.ref.ternary.matvec import matvec
from tritproof.verif.port_values import corner_biased, unpack_elements
from tritproof.verif.stream_cases import bytes_kept
from tritproof.verif.streams import Result

COMMAND = "s_axis_command"
ACTIVATION = "s_axis_activation"
WEIGHT = "s_axis_weight"
OUTPUT = "m_axis"


@dataclass(frozen=True)
class Product:
    """One command: trits int8[outputs, inputs] times int8[inputs]."""

    weights: np.ndarray
    activations: np.ndarray

    @property
    def inputs(self) -> int:
        """Columns of the matrix."""
        return self.weights.shape[1]

    @property
    def outputs(self) -> int:
        """Rows of the matrix."""
        return self.weights.shape[0]

    def expected(self) -> np.ndarray:
        """Return the exact product, int64[outputs]."""
        return matvec(self.weights, self.activations)

    def __repr__(self) -> str:
        weights, activations = np.asarray(self.weights), np.asarray(self.activations)
        return f"product({weights.tolist()}, {activations.tolist()})"


@dataclass(frozen=True)
class Refused:
    """A command with a size of zero or above the maximum; it carries no beats."""

    inputs: int
    outputs: int


Command = Product | Refused


def product(weights: Sequence, activations: Sequence) -> Product:
    """Return the command for lists of trits and of int8 values, as a failure message prints it."""
    return Product(np.array(weights, np.int8), np.array(activations, np.int8))


@cache
def _code_tables(order: str, group: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the code of each vector, by the base-3 number of its trits plus one, and the code
    words, illegal ones included, that decode to the zero vector; both uint8."""
    vectors = np.array(list(product_of_sets((-1, 0, 1), repeat=group)), np.int8)[:, ::-1]
    zero = [code for code, vector in enumerate(trits_of(order, group)) if not any(vector)]
    return encode(order, vectors).astype(np.uint8), np.array(zero, np.uint8)


def weight_beats(params: Any, weights: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """Return uint8[beats, bytes] of a matrix in the engine's order: steps outside, outputs inside.

    ``weights`` are trits int8[outputs, inputs]. Without ``rng`` padding is zero vectors and zero
    bits. With it, what must not matter is random: codes of outputs past the last, trits of inputs
    past the last, padding bits, and which of its code words stands for a zero vector.
    """
    outputs, inputs = weights.shape
    group, tables, lanes = params.g, params.t, params.q
    code_of, zero = _code_tables(params.code_order, group)
    blocks, step_count = -(-outputs // lanes), -(-inputs // (tables * group))
    digits = np.ones((blocks * lanes, step_count * tables * group), np.uint8)
    if rng is not None:
        digits[outputs:] = rng.integers(0, 3, digits[outputs:].shape, np.uint8)
        digits[:, inputs:] = rng.integers(0, 3, digits[:, inputs:].shape, np.uint8)
    digits[:outputs, :inputs] = weights + np.int8(1)
    digits = digits.reshape(blocks * lanes, step_count, tables, group)
    numbers = digits[..., group - 1].copy()
    for j in reversed(range(group - 1)):
        numbers *= 3
        numbers += digits[..., j]
    codes = np.take(code_of, numbers.swapaxes(0, 1)).reshape(step_count * blocks, lanes * tables)
    if rng is not None:
        words = rng.choice(zero, (len(codes), 1))
        np.copyto(codes, words, where=codes == code_of[len(code_of) // 2])
    beats = pack_codes(codes, params.table.code_width)
    if rng is not None and params.codes_width % 8:
        noise = rng.integers(0, 256, len(beats)) << params.codes_width % 8
        beats[:, -1] |= (noise & 255).astype(np.uint8)
    return beats


def pack_codes(codes: np.ndarray, width: int) -> np.ndarray:
    """Return codes uint8[beats, n] of ``width`` bits, at most 8, as uint8[beats, whole bytes].

    Eight codes fill ``width`` bytes, so they are put together as one 64-bit word.
    """
    beats, count = codes.shape
    padded = np.zeros((beats, -(-count // 8), 8), np.uint8)
    padded.reshape(beats, -1)[:, :count] = codes
    words = np.zeros(padded.shape[:2], "<u8")
    for k in range(8):
        words |= padded[:, :, k].astype("<u8") << np.uint64(width * k)
    packed = words.view(np.uint8).reshape(*padded.shape[:2], 8)[:, :, :width]
    return np.ascontiguousarray(packed.reshape(beats, -1)[:, : -(-count * width // 8)])


def activation_beats(
    params: Any, activations: np.ndarray, rng: np.random.Generator | None
) -> np.ndarray:
    """Return uint8[beats, G] of one row; places past its end are zero, or random with ``rng``."""
    count = -(-len(activations) // params.g) * params.g
    row = np.zeros(count, np.int64)
    if rng is not None:
        row[:] = rng.integers(-128, 128, count)
    row[: len(activations)] = activations
    return (row & 255).astype(np.uint8).reshape(-1, params.g)


def command_beats(commands: Iterable[Command]) -> np.ndarray:
    """Return uint8[commands, 4]: outputs in the upper, inputs in the lower 16 bits."""
    words = [command.outputs << 16 | command.inputs for command in commands]
    return np.array(words, "<u4").view(np.uint8).reshape(-1, 4)


def input_streams(
    params: Any, commands: Sequence[Command], rng: np.random.Generator | None = None
) -> dict[str, np.ndarray]:
    """Return the beats of all input streams for commands that follow each other."""
    products = [command for command in commands if isinstance(command, Product)]
    size = -(-params.codes_width // 8)
    return {
        COMMAND: command_beats(commands),
        ACTIVATION: np.concatenate(
            [np.zeros((0, params.g), np.uint8)]
            + [activation_beats(params, one.activations, rng) for one in products]
        ),
        WEIGHT: np.concatenate(
            [np.zeros((0, size), np.uint8)]
            + [weight_beats(params, one.weights, rng) for one in products]
        ),
    }


def output_beats(params: Any, commands: Iterable[Command]) -> int:
    """Return the number of result beats due: ``ceil(outputs / Q)`` for each product."""
    return sum(-(-one.outputs // params.q) for one in commands if isinstance(one, Product))


def kept_lanes(lanes: int, outputs: Sequence[int]) -> np.ndarray:
    """Return which lanes carry a result, bool[beats, lanes], in the beats of products that follow
    each other, each of so many outputs."""
    counts = np.array(outputs)
    ends = np.cumsum(-(-counts // lanes)) - 1
    kept = np.ones((int(ends[-1]) + 1, lanes), bool)
    kept[ends] = np.arange(lanes) < ((counts - 1) % lanes + 1)[:, None]
    return kept


def differences(params: Any, commands: Sequence[Command], result: Result) -> list[str]:
    """Return a line for every result beat that is not what the commands call for, in order.

    Compares every lane below ``outputs``, sign extension included, tlast, tkeep, and the number of
    refused commands. The result must hold exactly the beats due.
    """
    lanes, width = params.q, params.lane_width
    wrong = []
    refused = sum(isinstance(command, Refused) for command in commands)
    if result.status["refused"] != refused:
        wrong.append(f"refused in {result.status['refused']} cycles, expected {refused}")
    products = [(n, one) for n, one in enumerate(commands) if isinstance(one, Product)]
    if not products:
        return wrong
    blocks = [-(-one.outputs // lanes) for _, one in products]
    due = np.concatenate([
        np.pad(one.expected(), (0, count * lanes - one.outputs))
        for (_, one), count in zip(products, blocks, strict=True)
    ]).reshape(-1, lanes)  # fmt: skip
    ends = np.cumsum(blocks) - 1
    last = np.zeros(len(due), bool)
    last[ends] = True
    kept = kept_lanes(lanes, [one.outputs for _, one in products])
    found = unpack_elements(result.outputs[OUTPUT], lanes, width, signed=True)
    keep = bytes_kept(result.keep[OUTPUT], result.outputs[OUTPUT])
    bad_values = ((found != due) & kept).any(axis=1)
    bad_keep = (keep != np.repeat(kept, width // 8, axis=1)).any(axis=1)
    bad_last = result.last[OUTPUT] != last
    for beat in np.flatnonzero(bad_values | bad_keep | bad_last):
        place = int(np.searchsorted(ends, beat))
        first = int(beat - (ends[place] - blocks[place] + 1)) * lanes
        if bad_values[beat]:
            count = int(kept[beat].sum())
            problem = f"{found[beat, :count].tolist()}, expected {due[beat, :count].tolist()}"
        elif bad_keep[beat]:
            problem = f"tkeep for lanes {np.flatnonzero(keep[beat][:: width // 8]).tolist()}"
        else:
            problem = f"tlast {int(not last[beat])}, expected {int(last[beat])}"
        wrong.append(f"command {products[place][0]}, outputs from {first}: {problem}")
    return wrong


def random_product(params: Any, rng: np.random.Generator, largest: int) -> Product:
    """Draw a product of at most ``largest`` weights; sizes favour borders and small numbers."""
    step = params.t * params.g

    def size(maximum: int, multiples: int) -> int:
        maximum = max(1, maximum)
        kind = rng.integers(4)
        if kind == 0:
            return int(rng.integers(1, maximum + 1))
        if kind == 1:
            around = multiples * int(rng.integers(1, 4)) + int(rng.integers(-1, 2))
            return min(max(1, around), maximum)
        if kind == 2:
            return min(maximum, int(rng.integers(1, 2 * multiples + 1)))
        return int(np.exp(rng.uniform(0, np.log(maximum + 1))))

    inputs = min(max(1, size(min(params.max_inputs, largest), step)), params.max_inputs)
    outputs = max(1, size(min(params.max_outputs, largest // inputs), params.q))
    weights = rng.integers(-1, 2, (outputs, inputs), np.int8)
    activations = corner_biased(rng, (inputs,), -128, 127).astype(np.int8)
    if rng.random() < 0.25:
        weights[:] = rng.choice([-1, 1])
        activations[:] = rng.choice([-128, 127])
    return Product(weights, activations)


def random_refused(params: Any, rng: np.random.Generator) -> Refused:
    """Draw a command that must be refused: one size zero or above its maximum."""
    limits = (params.max_inputs, params.max_outputs)
    sizes = [int(rng.integers(1, limit + 1)) for limit in limits]
    bad = int(rng.integers(2))
    above = min(limits[bad] + int(rng.choice([1, 2, 1 << 15])), (1 << 16) - 1)
    sizes[bad] = above if above > limits[bad] and rng.random() < 0.5 else 0
    return Refused(*sizes)
