# SPDX-License-Identifier: Apache-2.0
"""The commands about files of weights, and the hardware that they are fed to."""

from pathlib import Path
from typing import Annotated

import typer
from tritproof.tools.cli_app import BUILD, Json, Seed, finish, new_console
from tritproof.tools.errors import UserError

app = typer.Typer()

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
        shape=_sizes(shape),
        config=config,
        seed=seed,
        stalls=stalls,
        memory=memory,
        build=BUILD,
        console=new_console(),
    )
    finish(records, json)


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

    reading = Reading(layout, _sizes(shape), scale)
    records = module.run(
        file, tensor=tensor, reading=reading, master=master, bus=bus, console=new_console()
    )
    finish(records, json, judged=any(record["status"] == "FAIL" for record in records))


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

    reading = Reading(layout, _sizes(shape), scale)
    finish(module.run(source, out, to, reading=reading, master=master, console=new_console()), json)


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

    options = {"svg": svg, "measure": measure, "build": BUILD, "console": new_console()}
    records = module.run(lut, uram, width, width if ffn is None else ffn, bus, **options)
    finish(records, json, judged=False)


def _sizes(shape: str | None) -> tuple[int, int] | None:
    """Return OUTPUTSxINPUTS as two numbers; raise UserError for anything else."""
    if shape is None:
        return None
    sizes = shape.lower().split("x")
    if len(sizes) != 2 or not all(size.isascii() and size.isdigit() for size in sizes):
        raise UserError(f"--shape must be OUTPUTSxINPUTS, for example 1536x4096, not {shape!r}")
    return int(sizes[0]), int(sizes[1])
