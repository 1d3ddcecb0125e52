# SPDX-License-Identifier: Apache-2.0
"""The `tritproof` command. Each command calls its own module and turns records into a status.

Exit status: 0 all as claimed, 1 a check failed or was inconclusive (or nothing was checked),
2 wrong use (one line on stderr), 130 interrupted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from tritproof.tools import cli_show, cli_targets, report
from tritproof.tools.errors import UserError
from tritproof.tools.prove.evidence import Evidence

BUILD = Path("build")
"""Where everything is written, below the current folder."""

app = typer.Typer(
    help="Proved RTL for ternary language models: convert, prove, check and measure the blocks.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Blocks = Annotated[
    list[str] | None, typer.Argument(metavar="[BLOCK]...", help="blocks; none means all")
]
Configs = Annotated[
    list[str] | None, typer.Option("--config", help="a configuration (repeatable); none means all")
]
Json = Annotated[Path | None, typer.Option("--json", help="write the records to this file")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="how many run at once; default: one per core")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="ignore results of earlier runs")]
Layout = Annotated[
    str | None, typer.Option("--layout", help="format of bytes whose file does not name it")
]
Shape = Annotated[
    str | None, typer.Option("--shape", metavar="OUTPUTSxINPUTS", help="where the file lacks it")
]
Scale = Annotated[
    str | None, typer.Option("--scale", help="what stored scales do: multiply or divide")
]
Master = Annotated[
    Path | None, typer.Option("--master", help="the numbers the weights were rounded from")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="of everything random in this run")]


@app.command()
def doctor(json: Json = None) -> None:
    """Name every tool, run each once, and say how to install what is missing."""
    from tritproof.tools import doctor as module

    _finish(module.run(console=_console()), json)


@app.command("list")
def list_blocks(
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", help="write the table between the markers of this file"),
    ] = None,
    json: Json = None,
) -> None:
    """List the blocks, their configurations, and their verdicts in the last report."""
    if markdown is not None:
        from tritproof.tools import catalogue

        catalogue.update(markdown)
    records = cli_show.block_records(report.read(BUILD))
    _console().print(cli_show.block_table(records))
    _finish(records, json, judged=False)


@app.command()
def show(
    block: Annotated[str, typer.Argument(metavar="BLOCK")],
    config: Configs = None,
    json: Json = None,
) -> None:
    """Show a block's contract, parameters, ports and files."""
    targets = cli_targets.resolve([block], config)
    for part in cli_show.block_details(targets):
        _console().print(part)
    _finish(cli_show.port_records(targets), json, judged=False)


@app.command()
def convert(blocks: Blocks = None, config: Configs = None, json: Json = None) -> None:
    """Write the Verilog of blocks to build/BLOCK/CONFIG/rtl."""
    from tritproof.tools import cli_convert

    targets = cli_targets.resolve(blocks, config)
    _finish(cli_convert.run(targets, build=BUILD, console=_console()), json)


@app.command()
def prove(
    blocks: Blocks = None,
    config: Configs = None,
    task: Annotated[
        list[str] | None, typer.Option("--task", help="a task or pattern (repeatable)")
    ] = None,
    no_cache: NoCache = False,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="try all inputs where a sample is tried otherwise")
    ] = False,
    verilog: Annotated[
        Path | None, typer.Option("--verilog", help="prove this file instead of the converted one")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=1, help="seconds for one task")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="keep the result in formal/PROVED.json if all pass")
    ] = False,
    jobs: Jobs = None,
    json: Json = None,
) -> None:
    """Prove blocks equal to their specifications."""
    from tritproof.tools.prove import record as module

    if record:
        module.require_everything([*(blocks or ()), *(config or ()), *(task or ())], verilog)
    rows = _prove(
        blocks,
        config,
        task,
        no_cache=no_cache,
        exhaustive=exhaustive,
        verilog=verilog,
        timeout=timeout,
        jobs=jobs,
    )
    if record and all(row.status in ("PASS", "SAMPLED") for row in rows):
        module.write(rows)
    _finish(_records(rows), json)


@app.command()
def equiv(
    blocks: Blocks = None,
    config: Configs = None,
    vectors: Annotated[
        int | None, typer.Option("--vectors", min=1, help="how many inputs per configuration")
    ] = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Compare simulated Verilog with the specification on random inputs."""
    _finish(_equiv(blocks, config, vectors, seed), json)


@app.command()
def mutate(
    blocks: Blocks = None,
    config: Configs = None,
    count: Annotated[int, typer.Option("--count", min=1, help="mutants per block")] = 100,
    seed: Seed = 0,
    only: Annotated[
        str | None, typer.Option("--only", help="judge by `proofs` alone or by `random` alone")
    ] = None,
    jobs: Jobs = None,
    json: Json = None,
) -> None:
    """Break the Verilog in many small ways and see whether the checks notice."""
    from tritproof.tools import mutate as module

    if only not in (None, *module.CHECKS):
        raise UserError(f"--only must be proofs or random, not {only!r}")
    records = []
    for block, name in cli_targets.resolve(blocks, config, checked=True, smallest=True):
        options = {"count": count, "seed": seed, "only": only, "jobs": jobs, "build": BUILD}
        records += module.run(block, name, console=_console(), **options)
    _finish(records, json)


@app.command()
def area(
    blocks: Blocks = None,
    config: Configs = None,
    dsp: Annotated[bool, typer.Option("--dsp/--no-dsp", help="products in DSP blocks")] = True,
    json: Json = None,
) -> None:
    """Count FPGA resources, by Yosys's synthesis for Xilinx UltraScale+."""
    from tritproof.tools import area as module

    targets = cli_targets.resolve(blocks, config)
    _finish(module.run(targets, build=BUILD, console=_console(), dsp=dsp), json)


@app.command()
def bench(
    blocks: Blocks = None,
    config: Configs = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Measure the compiled simulator against a cocotb bench on the same block."""
    from tritproof.tools.convert import convert
    from tritproof.verif import bench as module

    names, configs = cli_targets.names(blocks, config)
    records = module.run(
        names, configs, convert=convert, seed=seed, build=BUILD, console=_console()
    )
    _finish(records, json)


@app.command()
def accuracy(json: Json = None) -> None:
    """Measure errors of softmax, attention, binary16, L-Mul and I-ViT beside what is claimed."""
    from tritproof.tools import accuracy as module
    from tritproof.tools import float16_accuracy, ivit_accuracy, lmul_accuracy

    console = _console()
    records = [*module.run(console=console), *float16_accuracy.run(console)]
    records += lmul_accuracy.run(console)
    _finish([*records, *ivit_accuracy.run(console)], json)


@app.command()
def picture(
    blocks: Blocks = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="folder; default: docs/pictures")
    ] = None,
    json: Json = None,
) -> None:
    """Draw blocks that have parts, schedules, layouts and curves, as SVG files."""
    from tritproof.tools.pictures import write as module

    chosen = {block.name: block for block, _ in cli_targets.resolve(blocks, None)}
    records = module.write(chosen.values(), out or module.FOLDER)
    for record in records:
        _console().print(record["file"])
    _finish(records, json, judged=False)


@app.command()
def monolithic(
    config: Annotated[
        str, typer.Option("--config", help="configuration of ternary_dot_half")
    ] = "tellme",
    tables: Annotated[
        list[int] | None,
        typer.Option("--tables", min=1, help="how many in one query (repeatable)"),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="seconds for one query and solver")
    ] = 120.0,
    json: Json = None,
) -> None:
    """Show what a proof of several tables costs in one query, not cut into lemmas."""
    from tritproof.tools import monolithic as module

    records = module.run(config, tables or module.TABLES, timeout, build=BUILD, console=_console())
    # That a solver gives no answer is what is measured, not a failure.
    _finish(records, json, judged=any(one["status"] in ("FAIL", "ERROR") for one in records))


@app.command()
def matvec(
    weights: Annotated[
        Path, typer.Argument(metavar="WEIGHTS", help="ternary matrix: npy, npz, safetensors, gguf")
    ],
    activations: Annotated[
        Path, typer.Argument(metavar="ACTIVATIONS", help="int8 rows: npy or npz")
    ],
    tensor: Annotated[
        str | None, typer.Option("--tensor", help="which tensor of the weights file")
    ] = None,
    layout: Layout = None,
    shape: Shape = None,
    config: Annotated[str, typer.Option("--config", help="configuration of the engine")] = "tellme",
    stalls: Annotated[
        bool, typer.Option("--stalls", help="wait at random on every stream")
    ] = False,
    memory: Annotated[
        str | None,
        typer.Option(
            "--memory", metavar="FORMAT", help="simulate unpack and weight_buffer, fed with this"
        ),
    ] = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Multiply a ternary matrix from a file in the simulated engine and compare exactly."""
    from tritproof.tools import matvec as module

    records = module.run(
        weights,
        activations,
        tensor=tensor,
        layout=layout,
        shape=cli_targets.shape(shape),
        config=config,
        seed=seed,
        stalls=stalls,
        memory=memory,
        build=BUILD,
        console=_console(),
    )
    _finish(records, json)


@app.command()
def inspect(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="weights: npy, npz, safetensors, gguf")
    ],
    tensor: Annotated[str | None, typer.Option("--tensor", help="only this tensor")] = None,
    layout: Layout = None,
    shape: Shape = None,
    scale: Scale = None,
    master: Master = None,
    bus: Annotated[
        int | None, typer.Option("--bus", min=1, help="bits of a beat of the port; default: 768")
    ] = None,
    json: Json = None,
) -> None:
    """Count trits, illegal codes, scales and bits of every tensor of a file."""
    from tritproof.tools import weights_inspect as module
    from tritproof.tools.importers.sources import Reading

    reading = Reading(layout, cli_targets.shape(shape), scale)
    records = module.run(
        file, tensor=tensor, reading=reading, master=master, bus=bus, console=_console()
    )
    _finish(records, json, judged=any(record["status"] == "FAIL" for record in records))


@app.command("convert-weights")
def convert_weights(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="weights: npy, npz, safetensors, gguf")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="file to write: safetensors, gguf")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="format to write")],
    layout: Layout = None,
    shape: Shape = None,
    scale: Scale = None,
    master: Master = None,
    json: Json = None,
) -> None:
    """Convert the ternary matrices of a model to a format; an interrupted run continues."""
    from tritproof.tools import weights_convert as module
    from tritproof.tools.importers.sources import Reading

    reading = Reading(layout, cli_targets.shape(shape), scale)
    _finish(module.run(source, out, to, reading=reading, master=master, console=_console()), json)


@app.command()
def size(
    lut: Annotated[int, typer.Option("--lut", help="LUTs for the engine and its weight buffer")],
    uram: Annotated[int, typer.Option("--uram", help="UltraRAMs for the weight buffer")],
    width: Annotated[int, typer.Option("--width", help="inputs and outputs of the model's layers")],
    ffn: Annotated[
        int | None, typer.Option("--ffn", help="width between up and down; default: the width")
    ] = None,
    bus: Annotated[int, typer.Option("--bus", help="bits of the port that brings weights")] = 768,
    svg: Annotated[Path | None, typer.Option("--svg", help="plot the designs to this file")] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="count the best design's resources by synthesis")
    ] = False,
    json: Json = None,
) -> None:
    """Find the engine and weight buffer that make most of a number of LUTs and UltraRAMs."""
    from tritproof.tools import size as module

    options = {"svg": svg, "measure": measure, "build": BUILD, "console": _console()}
    records = module.run(lut, uram, width, width if ffn is None else ffn, bus, **options)
    _finish(records, json, judged=False)


@app.command()
def verify(
    blocks: Blocks = None,
    config: Configs = None,
    no_cache: NoCache = False,
    jobs: Jobs = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Run everything: doctor, convert, prove, equivalence, the real matrix; then the report."""
    from tritproof.tools import cli_convert, verify
    from tritproof.tools import doctor as doctor_module
    from tritproof.tools import matvec as matvec_module

    console = _console()
    targets = cli_targets.resolve(blocks, config)
    found = verify.run(
        {
            "doctor": lambda: doctor_module.run(console=console),
            "convert": lambda: cli_convert.run(targets, build=BUILD, console=console),
            "prove": lambda: _records(_prove(blocks, config, no_cache=no_cache, jobs=jobs)),
            "equiv": lambda: _equiv(blocks, config, None, seed),
            "matvec": lambda: matvec_module.run_real(seed=seed, build=BUILD, console=console),
        },
        build=BUILD,
        console=console,
    )
    if json is not None:
        report.write_json(json, report.flat(found))
    raise typer.Exit(0 if report.passed(found) else 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (default: the process's arguments) and return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(words or ["--help"], prog_name="tritproof", standalone_mode=False)
    except UserError as error:
        return _wrong_use(str(error))
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        # Typer's own exceptions have moved between its versions; all of them have this method.
        describe = getattr(error, "format_message", None)
        if describe is None:
            raise
        return _wrong_use(f"{describe()} (see `tritproof --help`)")
    if status == 130:
        print("tritproof: interrupted; finished results are kept", file=sys.stderr)
    return status if isinstance(status, int) else 0


def _wrong_use(message: str) -> int:
    print(f"tritproof: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _finish(records: Sequence[dict[str, Any]], json: Path | None, judged: bool = True) -> None:
    """Write the records if wanted, and end the command with the status they deserve."""
    if json is not None:
        report.write_json(json, records)
    if judged and not records:
        print("tritproof: nothing was checked", file=sys.stderr)
    raise typer.Exit(0 if not judged or report.passed({"command": records}) else 1)


def _console() -> Console:
    """Standard output; wide enough for the tables where it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else 160)


def _records(rows: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [row.record() for row in rows]


def _prove(
    blocks: list[str] | None,
    config: list[str] | None,
    task: list[str] | None = None,
    **options: Any,
) -> list[Evidence]:
    from tritproof.tools.prove import runner

    names, configs = cli_targets.names(blocks, config)
    return runner.run(
        names,
        configs,
        task,
        console=_console(),
        build=BUILD,
        **options,
    )


def _equiv(
    blocks: list[str] | None, config: list[str] | None, vectors: int | None, seed: int
) -> list[dict[str, Any]]:
    from tritproof.tools import cli_equiv

    targets = cli_targets.resolve(blocks, config, checked=True)
    number = cli_equiv.DEFAULT_VECTORS if vectors is None else vectors
    return cli_equiv.run(targets, number, seed, BUILD, _console())


if __name__ == "__main__":
    sys.exit(main())
