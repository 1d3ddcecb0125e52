# SPDX-License-Identifier: Apache-2.0
"""A wrapper that turns a block's other handshakes into streams, so that the stream driver fits."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritproof.rtl.manifest import Port
from tritproof.verif import compile as compilation
from tritproof.verif.toolchain import cached_directory, digest


@dataclass(frozen=True)
class Harness:
    """A module named ``top`` with ``ports`` around a block, as Verilog and as a MyHDL function."""

    top: str
    ports: tuple[Port, ...]
    verilog: str
    rtl: Callable[..., Any]

    def write(self, cache_directory: Path | None = None) -> Path:
        """Write the Verilog below the cache folder and return the file."""

        def build(directory: Path) -> None:
            (directory / f"{self.top}.v").write_text(self.verilog)

        cache = compilation.CACHE_DIRECTORY if cache_directory is None else cache_directory
        name = f"{self.top}-{digest([self.verilog])}"
        return cached_directory(cache, name, build) / f"{self.top}.v"


def declarations(ports: tuple[Port, ...]) -> str:
    """Return the Verilog port declarations of a harness."""
    lines = []
    for port in ports:
        size = f"[{port.width - 1}:0] " if port.width > 1 else ""
        lines.append(f"    {port.direction}put wire {size}{port.name}")
    return ",\n".join(lines)
