# SPDX-License-Identifier: Apache-2.0
"""Equivalence of activation_loader: rows cut into steps, banks filled in turn, never while read.

A harness turns the fill port into a stream that is always ready, and the description of the next
step into a stream whose beats are taken by ``step_done``.
"""

from typing import Any

import numpy as np
from myhdl import SignalType, always_comb, block, concat
from tritproof.ref.ternary.matvec import steps
from tritproof.rtl.hierarchy import make_signal
from tritproof.rtl.manifest import stream_ports
from tritproof.rtl.ternary.activation_loader import BLOCK
from tritproof.verif.harness import Harness, declarations
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import corner_biased, pack_elements, unpack_elements
from tritproof.verif.random_stalls import Stall
from tritproof.verif.streams import Result, SimulationError
from tritproof.verif.ternary.products import (
    ACTIVATION,
    COMMAND,
    Refused,
    activation_beats,
    command_beats,
    random_refused,
)

FILL = "m_axis_fill"
STEP = "m_axis_step"
INNER = ("fill", "fill_step", "fill_bank", "activations")
DESCRIPTION = ("step_bank", "step_first", "step_last", "step_beats", "step_tail")


def harness(params: Any) -> Harness:
    """Return the loader with its fill and step ports as streams, fields lowest first as listed."""
    ports = {port.name: port for port in BLOCK.ports(params)}
    fill_width = sum(ports[name].width for name in INNER[1:])
    step_width = sum(ports[name].width for name in DESCRIPTION)
    hidden = {*INNER, *DESCRIPTION, "step_valid", "step_done"}
    outer = (
        *(port for port in ports.values() if port.name not in hidden),
        *stream_ports(FILL, "out", fill_width),
        *stream_ports(STEP, "out", step_width),
    )
    top = f"{BLOCK.module_name}_harness"
    wires = "\n".join(
        f"    wire [{ports[name].width - 1}:0] {name};" for name in (*INNER, *DESCRIPTION)
    )
    connections = ",\n".join(f"        .{name}({name})" for name in ports)
    verilog = f"""module {top} (
{declarations(outer)}
);
{wires}
    wire step_valid;
    wire step_done;
    assign {FILL}_tvalid = fill;
    assign {FILL}_tdata = {{{", ".join(reversed(INNER[1:]))}}};
    assign {STEP}_tvalid = step_valid;
    assign {STEP}_tdata = {{{", ".join(reversed(DESCRIPTION))}}};
    assign step_done = step_valid && {STEP}_tready;
    {BLOCK.module_name} u_loader (
{connections}
    );
endmodule
"""
    return Harness(top, outer, verilog, _harness)


@block
def _harness(params: Any, **outer: SignalType) -> Any:
    inner = {port.name: make_signal(port) for port in BLOCK.ports(params)}
    inner |= {name: signal for name, signal in outer.items() if name in inner}
    loader = BLOCK.rtl(**inner, params=params)
    fill, step_valid, step_done = (inner[name] for name in ("fill", "step_valid", "step_done"))
    fill_data, fill_valid = outer[f"{FILL}_tdata"], outer[f"{FILL}_tvalid"]
    step_data, step_offer = outer[f"{STEP}_tdata"], outer[f"{STEP}_tvalid"]
    step_ready = outer[f"{STEP}_tready"]
    fill_step, fill_bank, activations = (inner[name] for name in INNER[1:])
    bank, first, last, beats, tail = (inner[name] for name in DESCRIPTION)

    @always_comb
    def connect():
        fill_valid.next = fill
        step_offer.next = step_valid
        step_done.next = step_valid and step_ready

    @always_comb
    def pack():
        fill_data.next = concat(activations, fill_bank, fill_step)
        step_data.next = concat(tail, beats, last, first, bank)

    return loader, connect, pack


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare fills, step descriptions and their order for rows of random length until ``vectors``
    beats moved; refused commands stand between good ones."""
    rng = np.random.default_rng(seed)
    profiles = (
        {},
        {STEP: Stall(0.9, longest=20)},
        {"*": Stall(0.3, longest=3), FILL: Stall()},
        {ACTIVATION: Stall(0.7), STEP: Stall(0.5)},
    )
    outcome, batch = Outcome(), 0
    while outcome.transactions < vectors and not outcome.mismatches:
        sizes = _random_sizes(params, rng)
        run_seed = int(rng.integers(1 << 62))
        options = {"stalls": profiles[batch % len(profiles)], "seed": run_seed}
        outcome += _check_batch(simulator, params, sizes, initial_state, options)
        batch += 1
    return outcome


def _random_sizes(params: Any, rng: np.random.Generator) -> list[tuple[int, int]]:
    sizes = []
    for _ in range(int(rng.integers(1, 25))):
        if rng.random() < 0.2:
            refused = random_refused(params, rng)
            sizes.append((refused.inputs, refused.outputs))
            continue
        most = params.max_inputs if rng.random() < 0.3 else 3 * params.t * params.g
        inputs = int(rng.integers(1, min(most, params.max_inputs) + 1))
        sizes.append((inputs, int(rng.integers(1, params.max_outputs + 1))))
    return sizes


def _check_batch(
    simulator: Any,
    params: Any,
    sizes: list[tuple[int, int]],
    initial_state: int,
    options: dict[str, Any],
) -> Outcome:
    rng = np.random.default_rng(options["seed"])
    good = [size for size in sizes if _is_legal(params, *size)]
    rows = [corner_biased(rng, (inputs,), -128, 127) for inputs, _ in good]
    beats = [activation_beats(params, row, rng) for row in rows]
    cut = [steps(row, G=params.g, T=params.t) for row in rows]
    count = sum(len(one) for one in cut)
    case = f"sizes {sizes!r}, {', '.join(f'{k}={v!r}' for k, v in options.items())}"
    try:
        result = simulator.run(
            {
                COMMAND: command_beats([Refused(*size) for size in sizes]),
                ACTIVATION: np.concatenate([np.zeros((0, params.g), np.uint8), *beats]),
            },
            expected_beats={FILL: count << params.table.index_width, STEP: count},
            initial_state=initial_state,
            **options,
        )
    except SimulationError as error:
        return Outcome(1, 1, failure=f"{case}  # {error}")
    wrong = _differences(params, good, cut, result)
    if result.status["refused"] != len(sizes) - len(good):
        wrong.append(f"refused in {result.status['refused']} cycles, not {len(sizes) - len(good)}")
    failure = f"{case}  # {wrong[0]}" if wrong else None
    return Outcome(result.transactions, len(wrong), result.total_cycles, failure=failure)


def _is_legal(params: Any, inputs: int, outputs: int) -> bool:
    return 1 <= inputs <= params.max_inputs and 1 <= outputs <= params.max_outputs


def _differences(
    params: Any, sizes: list[tuple[int, int]], cut: list[np.ndarray], result: Result
) -> list[str]:
    """Return what is wrong with the fills, with the descriptions, and with their order in time."""
    fills = 1 << params.table.index_width
    due_data, due_steps, bank = [], [], 0
    for (_, outputs), groups in zip(sizes, cut, strict=True):
        for number, activations in enumerate(groups):
            due_data.append((bank, activations))
            description = {
                "step_bank": bank,
                "step_first": number == 0,
                "step_last": number == len(groups) - 1,
                "step_beats": -(-outputs // params.q) - 1,
                "step_tail": (outputs - 1) % params.q,
            }
            due_steps.append(description)
            bank = 1 - bank
    wrong: list[str] = []
    if not due_data:
        return wrong
    packed = pack_elements(np.array([values for _, values in due_data]), 8)
    head = params.table.index_width + 1
    found = np.unpackbits(result.outputs[FILL], axis=1, bitorder="little")
    numbers = found[:, :head] @ (1 << np.arange(head))
    banks = np.repeat([bank for bank, _ in due_data], fills)
    due_numbers = np.tile(np.arange(fills), len(due_data)) + (banks << head - 1)
    data = np.packbits(found[:, head : head + 8 * packed.shape[1]], axis=1, bitorder="little")
    same = (numbers == due_numbers) & (data == np.repeat(packed, fills, axis=0)).all(axis=1)
    wrong += [f"fill beat {beat} differs" for beat in np.flatnonzero(~same)]
    descriptions = unpack_descriptions(params, result.outputs[STEP])
    for number, due in enumerate(due_steps):
        if descriptions[number] != due:
            wrong.append(f"step {number} is {descriptions[number]}, expected {due}")
    filled = result.beat_cycles[FILL].reshape(-1, fills)
    taken = result.beat_cycles[STEP]
    wrong += [f"step {n} offered before its bank is complete"
              for n in np.flatnonzero(taken < filled[:, -1] + 2)]  # fmt: skip
    wrong += [f"step {n + 2} filled over step {n}"
              for n in np.flatnonzero(filled[2:, 0] <= taken[:-2])]  # fmt: skip
    return wrong


def unpack_descriptions(params: Any, rows: np.ndarray) -> list[dict[str, int]]:
    """Return the fields of each step description."""
    widths = {port.name: port.width for port in BLOCK.ports(params)}
    total = sum(widths[name] for name in DESCRIPTION)
    numbers = unpack_elements(rows, 1, total, signed=False)[:, 0]
    found = []
    for number in numbers.tolist():
        fields = {}
        for name in DESCRIPTION:
            fields[name] = number & (1 << widths[name]) - 1
            number >>= widths[name]
        found.append(fields)
    return found
