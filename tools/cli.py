# SPDX-License-Identifier: Apache-2.0
"""The `tritproof` command. Each command calls its own module and turns records into a status.

Exit status: 0 all as claimed, 1 a check failed or was inconclusive (or nothing was checked),
2 wrong use (one line on stderr), 130 interrupted. UNKNOWN of `inspect` and `monolithic` is a
finding, and leaves it at 0.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from tritproof.tools import cli_show, cli_targets, cli_weights, report, toolchain
from tritproof.tools.cli_app import (
    BUILD,
    Blocks,
    Configs,
    Jobs,
    Json,
    NoCache,
    Seed,
    app,
    finish,
    new_console,
)
from tritproof.tools.errors import UserError
from tritproof.tools.prove.evidence import Evidence

app.add_typer(cli_weights.app)


@app.command()
def doctor(json: Json = None) -> None:
    """Name every tool, run each once, and say how to install what is missing."""
    from tritproof.tools import doctor as module

    finish(module.run(console=new_console()), json)


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
    new_console().print(cli_show.block_table(records))
    finish(records, json, judged=False)


@app.command()
def show(
    block: Annotated[str, typer.Argument(metavar="BLOCK")],
    config: Configs = None,
    json: Json = None,
) -> None:
    """Show a block's contract, parameters, ports and files."""
    targets = cli_targets.resolve([block], config)
    for part in cli_show.block_details(targets):
        new_console().print(part)
    finish(cli_show.port_records(targets), json, judged=False)


@app.command()
def convert(blocks: Blocks = None, config: Configs = None, json: Json = None) -> None:
    """Write the Verilog of blocks to build/BLOCK/CONFIG/rtl."""
    from tritproof.tools import cli_convert

    targets = cli_targets.resolve(blocks, config)
    finish(cli_convert.run(targets, build=BUILD, console=new_console()), json)


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
    finish(_records(rows), json)


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
    finish(_equiv(blocks, config, vectors, seed), json)


@app.command()
def mutate(
    blocks: Blocks = None,
    config: Annotated[
        list[str] | None,
        typer.Option("--config", help="a configuration (repeatable); none means tiny"),
    ] = None,
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
    toolchain.require_named_compiler()
    for block, name in cli_targets.resolve(blocks, config, smallest=True):
        options = {"count": count, "seed": seed, "only": only, "jobs": jobs, "build": BUILD}
        records += module.run(block, name, console=new_console(), **options)
    finish(records, json)


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
    finish(module.run(targets, build=BUILD, console=new_console(), dsp=dsp), json)


@app.command()
def bench(
    blocks: Annotated[
        list[str] | None, typer.Argument(metavar="[BLOCK]...", help="blocks; none means tlmm")
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Option("--config", help="a configuration (repeatable); none means tellme"),
    ] = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Measure the compiled simulator against a cocotb bench on the same block."""
    from tritproof.tools.convert import convert
    from tritproof.verif import bench as module
    from tritproof.verif.toolchain import BuildError

    names, configs = cli_targets.names(blocks, config)
    options = {"convert": convert, "seed": seed, "build": BUILD, "console": new_console()}
    toolchain.cxx()
    try:
        records = module.run(names, configs, **options)
    except (module.NoBenchError, BuildError) as error:
        raise UserError(str(error)) from error
    finish(records, json)


@app.command()
def accuracy(json: Json = None) -> None:
    """Measure errors of softmax, attention, binary16, L-Mul and I-ViT beside what is claimed."""
    from tritproof.tools import accuracy as module
    from tritproof.tools import float16_accuracy, ivit_accuracy, lmul_accuracy

    console = new_console()
    records = [*module.run(console=console), *float16_accuracy.run(console)]
    records += lmul_accuracy.run(console)
    finish([*records, *ivit_accuracy.run(console)], json)


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
        new_console().print(record["file"])
    finish(records, json, judged=False)


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

    records = module.run(
        config, tables or module.TABLES, timeout, build=BUILD, console=new_console()
    )
    # That a solver gives no answer is what is measured, not a failure.
    finish(records, json, judged=any(one["status"] in ("FAIL", "ERROR") for one in records))


@app.command()
def verify(
    blocks: Blocks = None,
    config: Configs = None,
    no_cache: NoCache = False,
    jobs: Jobs = None,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Run everything: doctor, convert, prove, equivalence, real matrices; then the report."""
    from tritproof.tools import cli_convert, verify
    from tritproof.tools import doctor as doctor_module
    from tritproof.tools import matvec as matvec_module

    console = new_console()
    targets = cli_targets.resolve(blocks, config)
    found = verify.run(
        {
            "doctor": lambda: doctor_module.run(console=console),
            "convert": lambda: cli_convert.run(targets, build=BUILD, console=console),
            "prove": lambda: _records(_prove(blocks, config, no_cache=no_cache, jobs=jobs)),
            "equiv": lambda: _equiv(blocks, config, None, seed),
            "matvec": lambda: [
                record
                for memory in (None, "base3")
                for record in matvec_module.run_real(
                    seed=seed, memory=memory, build=BUILD, console=console
                )
            ],
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
    except OSError as error:
        if not _is_for_results(error.filename):
            raise
        return _wrong_use(
            f"{error.filename} cannot be written: {error.strerror}; results are kept in the folder "
            f"{BUILD}: move what is in its way, or work in another folder"
        )
    except Exception as error:
        # Typer's own exceptions have moved between its versions; all of them have this method.
        describe = getattr(error, "format_message", None)
        if describe is None:
            raise
        return _wrong_use(f"{describe()} (see `tritproof --help`)")
    if status == 130:
        print("tritproof: interrupted; finished results are kept", file=sys.stderr)
    return status if isinstance(status, int) else 0


def _is_for_results(name: object) -> bool:
    return isinstance(name, str) and Path(name).resolve().is_relative_to(BUILD.resolve())


def _wrong_use(message: str) -> int:
    print(f"tritproof: {' '.join(message.split())}", file=sys.stderr)
    return 2


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
    toolchain.require_named_compiler()
    return runner.run(
        names,
        configs,
        task,
        console=new_console(),
        build=BUILD,
        **options,
    )


def _equiv(
    blocks: list[str] | None, config: list[str] | None, vectors: int | None, seed: int
) -> list[dict[str, Any]]:
    from tritproof.tools import cli_equiv

    targets = cli_targets.resolve(blocks, config)
    toolchain.cxx()
    number = cli_equiv.DEFAULT_VECTORS if vectors is None else vectors
    return cli_equiv.run(targets, number, seed, BUILD, new_console())


if __name__ == "__main__":
    sys.exit(main())
