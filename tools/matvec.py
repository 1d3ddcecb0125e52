# SPDX-License-Identifier: Apache-2.0
"""`tritproof matvec`: a ternary matrix out of a file, through the simulated engine, checked."""

import dataclasses
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tritproof.verif
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tritproof.ref.ternary.matvec import matvec as exact_product
from tritproof.rtl.manifest import blocks
from tritproof.tools import toolchain
from tritproof.tools.convert import convert, params_of
from tritproof.tools.errors import UserError
from tritproof.tools.importers import Weights, load_activations, read_weights
from tritproof.tools.importers.scales import Scales
from tritproof.tools.matvec_memory import ENGINE, check_buffer, target_of
from tritproof.verif.random_stalls import Stall
from tritproof.verif.simulator import Simulator
from tritproof.verif.streams import Result, SimulationError
from tritproof.verif.ternary.tlmm import Multiplied
from tritproof.verif.toolchain import BuildError

STALL = Stall(0.25, 8)
"""Random waiting on every stream under ``stalls``."""

REAL_DATA = Path(tritproof.verif.__file__).parent / "data" / "real"


class Engine(Protocol):
    """Run streams through the engine; :class:`tritproof.verif.simulator.Simulator` has it."""

    def run(self, inputs: dict[str, np.ndarray], **options: Any) -> Result: ...


@dataclasses.dataclass(frozen=True)
class _Outcome:
    cycles: int = 0
    mismatches: int = 0
    first: str = ""
    port_beats: int = 0
    port_cycles: int = 0
    port_bits: int = 0


def run(
    weights_path: str | Path,
    activations_path: str | Path,
    *,
    tensor: str | None = None,
    layout: str | None = None,
    shape: tuple[int, int] | None = None,
    config: str = "tellme",
    seed: int = 0,
    stalls: bool = False,
    memory: str | None = None,
    build: Path = Path("build"),
    console: Console | None = None,
    engine: Callable[[str, Path], Engine] | None = None,
) -> list[dict[str, Any]]:
    """Multiply every row of activations by the matrix in the simulated engine and compare.

    With ``memory``, a format, the weights lie so in memory and reach the engine through unpack,
    transcode and weight_buffer, simulated with it; else the engine is given its codes.

    Every output is compared with the exact product; an engine that stops or breaks a rule of its
    streams has all of them wrong. ``seed`` draws the stalls, if ``stalls``. Prints cycles,
    multiply-accumulates per cycle, utilisation and the verdict.

    Record (one): inputs, outputs, rows, cycles, mismatches (0 = as claimed), weight_beats (the
    least number of cycles), macs_per_cycle, utilisation (of the engine's peak), config, seed,
    stalls, weights, tensor, activations, seconds, first_mismatch ("" without one), format, memory,
    port_beats and port_cycles (those taken at the memory port, and from the first to the last),
    port_bits (on it, for each weight).

    Raises UserError for files that hold no fitting matrix and for one the engine is too small for.
    """
    console = console or Console()
    params = params_of(blocks()[ENGINE], config)
    weights = read_weights(weights_path, name=tensor, layout=layout, shape=shape)
    activations = load_activations(activations_path)
    _check_pair(weights.trits, weights_path, activations, activations_path)
    _check_fits(weights.trits, weights_path, config)
    started = time.monotonic()
    (outputs, inputs), rows = weights.trits.shape, len(activations)
    target = target_of(config, memory)
    if memory is not None:
        check_buffer(target.params, outputs, inputs, rows, weights_path)
    with console.status(f"converting and compiling {target.block} {target.config}"):
        make = engine or partial(simulator, target.block)
        simulated = make(target.config, Path(build))
    calculate = partial(target.multiply, simulated, target.params, weights.trits, activations)
    with console.status(f"simulating {rows} rows"):
        outcome = _compare(calculate, exact_product(weights.trits, activations), seed, stalls)
    steps, beats = -(-inputs // (params.t * params.g)), -(-outputs // params.q)
    macs = rows * inputs * outputs / max(outcome.cycles, 1)
    record = {
        "inputs": inputs,
        "outputs": outputs,
        "rows": rows,
        "cycles": outcome.cycles,
        "mismatches": outcome.mismatches,
        "weight_beats": rows * steps * beats,
        "macs_per_cycle": round(macs, 2),
        "utilisation": round(macs / (params.t * params.q * params.g), 4),
        "config": config,
        "seed": seed,
        "stalls": stalls,
        "weights": str(weights_path),
        "tensor": weights.tensor,
        "activations": str(activations_path),
        "seconds": round(time.monotonic() - started, 3),
        "first_mismatch": outcome.first,
        "format": weights.format.name if weights.format else "",
        "memory": memory or "",
        "port_beats": outcome.port_beats,
        "port_cycles": outcome.port_cycles,
        "port_bits": round(outcome.port_bits / (inputs * outputs), 4),
    }
    _report(console, record, weights, params)
    return [record]


def real_matrices() -> dict[str, tuple[Path, Path]]:
    """Return the files of weights and activations of the real matrices in the package, by name."""
    stems = sorted(
        path.name.removesuffix("_weights.npz") for path in REAL_DATA.glob("*_weights.npz")
    )
    return {
        stem: (REAL_DATA / f"{stem}_weights.npz", REAL_DATA / f"{stem}_activations.npz")
        for stem in stems
    }


def run_real(
    *,
    config: str = "tellme",
    build: Path = Path("build"),
    engine: Callable[[str, Path], Engine] | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """Run every real matrix on one engine; options and records as :func:`run`, with ``matrix``."""
    return [
        {**record, "matrix": name}
        for name, (weights, activations) in real_matrices().items()
        for record in run(
            weights, activations, config=config, build=build, engine=engine, **options
        )
    ]


@cache
def simulator(block: str, config: str, build: Path) -> Simulator:
    """Convert a block at ``config`` and compile its simulator below ``build``."""
    toolchain.cxx()
    converted = convert(blocks()[block], config, build / block / config / "rtl")
    try:
        return Simulator(
            converted.files,
            converted.top,
            converted.ports,
            cache_directory=build / "cache" / "sim",
        )
    except BuildError as problem:
        line = str(problem).splitlines()[0]
        raise UserError(f"{line}: `tritproof doctor` says what is missing") from problem


def _check_pair(
    trits: np.ndarray, weights_path: str | Path, activations: np.ndarray, path: str | Path
) -> None:
    outputs, inputs = trits.shape
    length = activations.shape[1]
    if length == inputs:
        return
    remedy = "give activations of the same model and layer"
    if length == outputs:
        remedy += ", or transpose weights saved as [inputs, outputs]"
    raise UserError(
        f"{path}: rows hold {length} activations, but the weights in {weights_path} have "
        f"{inputs} inputs and {outputs} outputs; {remedy}"
    )


def _check_fits(trits: np.ndarray, path: str | Path, config: str) -> None:
    outputs, inputs = trits.shape
    configs = blocks()[ENGINE].configs

    def fits(name: str) -> bool:
        return inputs <= configs[name].max_inputs and outputs <= configs[name].max_outputs

    if fits(config):
        return
    larger = [name for name in configs if fits(name)]
    remedy = (
        f"use --config {larger[0]}"
        if larger
        else "split it: outputs are independent, products of parts of the inputs add up"
    )
    raise UserError(
        f"{path}: has {inputs} inputs and {outputs} outputs, {ENGINE} {config} takes at most "
        f"{configs[config].max_inputs} and {configs[config].max_outputs}; {remedy}"
    )


def _compare(
    calculate: Callable[..., Multiplied], expected: np.ndarray, seed: int, stalls: bool
) -> _Outcome:
    """Run the rows as commands that follow each other, and compare every output."""
    try:
        found = calculate(seed=seed, stalls=STALL if stalls else None)
    except SimulationError as problem:
        return _Outcome(0, expected.size, str(problem))
    port = (found.port_beats, found.port_cycles, found.port_bits)
    wrong = np.argwhere(found.outputs != expected)
    if not len(wrong):
        return _Outcome(found.cycles, 0, "", *port)
    row, output = wrong[0]
    given, exact = found.outputs[row, output], expected[row, output]
    first = f"row {row}, output {output}: engine {given}, exact {exact}"
    return _Outcome(found.cycles, len(wrong), first, *port)


def _report(console: Console, record: dict[str, Any], weights: Weights, params: Any) -> None:
    table = Table(title=f"matvec on {ENGINE} {record['config']}", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    peak = params.t * params.q * params.g
    share = np.count_nonzero(weights.trits == 0) / weights.trits.size
    name = f" ({record['tensor']})" if record["tensor"] else ""
    per_row = record["cycles"] / record["rows"]
    lines = {
        "weights": f"{record['weights']}{name}",
        "activations": record["activations"],
        "matrix": f"{record['outputs']:,} x {record['inputs']:,}, {share:.1%} of the weights 0",
        "rows": f"{record['rows']:,}",
        "cycles": f"{record['cycles']:,} ({per_row:,.1f} per row"
        + (f"; stalls from seed {record['seed']})" if record["stalls"] else ")"),
        "MACs per cycle": f"{record['macs_per_cycle']:,.1f} of {peak:,}",
        "utilisation": f"{record['utilisation']:.1%}",
    }
    if record["memory"]:
        busy = record["port_beats"] / max(record["port_cycles"], 1)
        lines["memory"] = (
            f"{record['memory']}, {record['port_beats']:,} beats in {record['port_cycles']:,} "
            f"cycles of the port ({busy:.1%}), {record['port_bits']:.3f} bits a weight"
        )
    if weights.scales is not None:
        lines["scales"] = _describe_scales(weights.scales)
    for label, text in lines.items():
        table.add_row(label, escape(text))
    total = record["rows"] * record["outputs"]
    verdict = (
        f"[bold red]{record['mismatches']:,} mismatches[/]; first: "
        f"{escape(record['first_mismatch'])}"
        if record["mismatches"]
        else f"[green]all {total:,} outputs exact[/]"
    )
    table.add_row("verdict", verdict)
    console.print(table)


def _describe_scales(scales: Scales) -> str:
    stored = scales.stored
    if np.any(stored != stored.flat[0]):
        return (
            f"{stored.min():.6g} to {stored.max():.6g}, by block or by row: "
            "the engine's outputs are those of the bare trits"
        )
    one = f"{stored.flat[0]:.6g} for the whole matrix"
    if scales.convention is None:
        return f"{one}: it is not recorded whether it multiplies or divides the outputs"
    return f"{one}: {scales.convention} the outputs by it"
