# SPDX-License-Identifier: Apache-2.0
"""Convert a block and its children to Verilog-2001, one module per file; equal input, equal bytes.

MyHDL's converter keeps global counters, so every module is converted in a fresh interpreter
(:mod:`tritproof.tools.convert_worker`); its warnings are errors.
"""

import dataclasses
import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

from tritproof.rtl.manifest import Block, Port
from tritproof.tools.errors import UserError


@dataclasses.dataclass(frozen=True)
class Converted:
    """The files of one converted configuration: children first, the top module last."""

    block: Block
    params: Any
    files: tuple[Path, ...]

    @property
    def top(self) -> str:
        """Name of the top module."""
        return self.block.module_name

    @property
    def ports(self) -> tuple[Port, ...]:
        """Declared ports of the top module."""
        return self.block.ports(self.params)

    @property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of all files."""
        return digest_of(self.files)


def digest_of(files: tuple[Path, ...] | list[Path]) -> str:
    """Return the SHA-256 over the names and bytes of ``files``, in the order given."""
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def params_of(block: Block, config: str | Any) -> Any:
    """Return the parameters of a named configuration; parameters pass through."""
    if not isinstance(config, str):
        return config
    if config not in block.configs:
        known = ", ".join(block.configs)
        raise UserError(f"{block.name} has no configuration {config!r}; it has: {known}")
    return block.configs[config]


def convert(block: Block, config: str | Any, out_dir: Path) -> Converted:
    """Write the hierarchy of ``block`` at ``config`` into ``out_dir``, one ``.v`` file per module.

    Raises ``UserError`` with the converter's own words when a module does not convert.
    """
    params = params_of(block, config)
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    files = tuple(
        _convert_module(name, part, part_params, out_dir)
        for name, (part, part_params) in block.modules(params).items()
    )
    return Converted(block, params, files)


def _convert_module(name: str, block: Block, params: Any, out_dir: Path) -> Path:
    key = (name, block.rtl.func.__module__, params)
    with _one_at_a_time(key):
        text = _verilog(*key)
    target = out_dir / f"{name}.v"
    scratch = target.with_suffix(f".{os.getpid()}.{threading.get_ident()}.partial")
    scratch.write_text(text)
    os.replace(scratch, target)
    return target


@cache
def _one_at_a_time(key: tuple[str, str, Any]) -> threading.Lock:
    """A lock for each module: threads that want the same one wait for the first."""
    return threading.Lock()


@cache
def _verilog(name: str, module: str, params: Any) -> str:
    """The Verilog of one module; once in a process, as often as it is a part of others."""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "tritproof.tools.convert_worker", scratch],
            input=pickle.dumps((name, module, params)),
            capture_output=True,
            check=False,
            # MyHDL writes sensitivity lists in the order of a set of names.
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            raise UserError(f"{name} with {params} does not convert: {lines[-1]}")
        (path,) = Path(scratch).glob("*.v")
        return path.read_text()
