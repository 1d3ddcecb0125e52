# SPDX-License-Identifier: Apache-2.0
"""Compile Verilog files and a generated driver into one shared library, cached by content."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from tritproof.verif import toolchain

CACHE_DIRECTORY = Path("build") / "cache" / "sim"
"""Default place of compiled simulators, below the current folder."""

LIBRARY_NAME = "simulator.so"

SIGN_EXTENSION = Path(__file__).with_name("sign_extension.h")

RECIPE = ("compile.py", "toolchain.py", SIGN_EXTENSION.name)
"""Files that decide how a simulator is built: a change of them builds it anew."""

SPLIT = ("--output-split", "20000", "--output-split-cfuncs", "1000")
"""Short functions in several files: a large design compiles four times as fast."""


class PortLike(Protocol):
    """What the simulator needs to know of a port (``tritproof.rtl.manifest.Port`` has it)."""

    @property
    def name(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def signed(self) -> bool: ...


class PortMismatchError(ValueError):
    """The declared ports are not the ports of the Verilog module."""


def compile_simulator(
    files: Sequence[Path],
    top: str,
    ports: Sequence[PortLike],
    *,
    cache_directory: Path | None = None,
    optimise: str | None = None,
) -> Path:
    """Return the shared library that simulates module ``top`` of ``files``.

    ``ports`` are the ports of ``top`` other than ``clk`` and ``rst``, in the order of the driver's
    port indices. ``optimise`` is a C++ optimisation flag, by default the ones that run fastest. The
    library is kept under a digest of the files, the driver, the ports and the tool versions.

    Raises BuildError if a tool refuses a file and PortMismatchError if ``ports`` and the module
    differ in names, widths or directions.
    """
    cache_directory = CACHE_DIRECTORY if cache_directory is None else cache_directory
    files = [Path(file).resolve() for file in files]
    texts = [file.read_bytes() for file in files]
    key = toolchain.digest(
        [
            *toolchain.versions(),
            *(_text(name) for name in ("driver.cpp.j2", "stream_driver.cpp.j2", *RECIPE)),
            *(f"{port.name} {port.direction} {port.width}" for port in ports),
            top,
            str(optimise),
            *texts,
        ]
    )

    def build(directory: Path) -> None:
        _build(files, top, ports, directory, cache_directory, optimise)

    return toolchain.cached_directory(cache_directory, f"{top}-{key}", build) / LIBRARY_NAME


def _build(
    files: Sequence[Path],
    top: str,
    ports: Sequence[PortLike],
    directory: Path,
    cache_directory: Path,
    optimise: str | None,
) -> None:
    sources = directory / "sources"
    generated = toolchain.verilate(files, top, sources, SPLIT)
    found = _verilated_ports((sources / f"{toolchain.PREFIX}.h").read_text())
    _check_ports(top, ports, found)
    small, large = split_sources(generated)
    driver = sources / "driver.cpp"
    driver.write_text(
        _environment()
        .get_template("driver.cpp.j2")
        .render(
            prefix=toolchain.PREFIX,
            sources=[path.name for path in small],
            ports=ports,
            inputs=[port for port in ports if port.direction == "in"],
            outputs=[port for port in ports if port.direction == "out"],
            clocked="clk" in found,
            has_reset="rst" in found,
        )
    )
    optimised = [optimise] if optimise else toolchain.optimised()
    included = ["-include", str(SIGN_EXTENSION)]
    flags = [*optimised, *toolchain.OWN_FATAL, *toolchain.include_flags(sources), *included]
    objects = toolchain.compile_objects([driver, *large], flags, sources)
    runtime = toolchain.runtime_objects(["verilated", "verilated_threads"], cache_directory)
    library = directory / LIBRARY_NAME
    command = [toolchain.compiler(), "-shared", "-pthread", "-o", library, *objects, *runtime]
    toolchain.execute(command, f"linking the simulator of {top}")
    for path in sources.iterdir():
        path.unlink()
    sources.rmdir()


def split_sources(generated: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the generated sources to include in one unit, and those to compile in parallel.

    Reading Verilator's headers costs more than a second per unit.
    """
    total = sum(path.stat().st_size for path in generated)
    if total < 400_000:
        return list(generated), []
    small = [path for path in generated if path.stat().st_size < 60_000]
    return small, [path for path in generated if path not in small]


_PORT = re.compile(r"VL_(IN|OUT|INOUT)(?:8|16|64|W)?\(&(\w+),(\d+),(\d+)")


def _verilated_ports(header: str) -> dict[str, tuple[str, int]]:
    """Return {name: (direction, width)} as Verilator understood the top module."""
    return {
        name: (direction.lower(), int(high) - int(low) + 1)
        for direction, name, high, low in _PORT.findall(header)
    }


def _check_ports(top: str, ports: Sequence[PortLike], found: dict[str, tuple[str, int]]) -> None:
    declared = {port.name: (port.direction, port.width) for port in ports}
    actual = {name: port for name, port in found.items() if name not in ("clk", "rst")}
    differences = [
        f"{name}: declared {_describe(declared.get(name))}, Verilog {_describe(actual.get(name))}"
        for name in sorted(declared.keys() | actual.keys())
        if declared.get(name) != actual.get(name)
    ]
    if differences:
        raise PortMismatchError(f"ports of module {top} differ: " + "; ".join(differences))


def _describe(port: tuple[str, int] | None) -> str:
    return "nothing" if port is None else f"{port[0]}put of {port[1]} bits"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tritproof.verif", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text()
