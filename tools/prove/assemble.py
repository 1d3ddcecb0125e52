# SPDX-License-Identifier: Apache-2.0
"""Put together the self-contained folder in which the proofs of one configuration run.

A stock `sby -f <block>.sby <task>` runs there as it stands. Which files it holds is read from the
`[files]` sections of the block's `.sby`; each name says where it comes from:

- `<module>.v`        the file just converted
- `<module>_stub.v`   a stand-in for that module: its ports, outputs free (see :mod:`.stubs`)
- `parts.v`, `parts_stub.v`  the converted files, or stand-ins, of all modules below the top: for a
                      block whose configurations differ in their parts
- `golden.sv`         the specification, traced to SystemVerilog
- `parameters.svh`    `` `define`` lines, one per integer parameter of the configuration,
                      `` `EACH_X`` for each kind of repeated part: `` `X(0) `X(1) ...``, and
                      `` `MODULE_X`` for each block that is one module, its name
- other names         `formal/<family>/`, then `formal/`
"""

import hashlib
import importlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tritproof.tools.errors import UserError
from tritproof.tools.prove.ports import VerilogPort, differences, modules_of
from tritproof.tools.prove.sbyfile import Task, read_tasks
from tritproof.tools.prove.stubs import PortLike, stub


class MissingProofs(UserError):
    """The block is neither proved by properties nor enumerated; `formal/HOLES.md` says so too."""


@dataclass(frozen=True)
class Sources:
    """Everything the proofs of one block at one configuration are made from.

    `verilog` maps module names to converted files, children first; `digests` holds the SHA-256 of
    each at conversion; `golden` traces the specification when a property file wants it;
    `parts` maps module names to blocks, `ports` to port tables, for stubs; `folders` are searched
    for property files.
    """

    block: str
    config: str
    top: str
    sby: Path | None
    verilog: Mapping[str, Path]
    digests: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)
    repeated: Mapping[str, int] = field(default_factory=dict)
    golden: Callable[[], str] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, tuple[PortLike, ...]] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the module names and bytes of the converted Verilog."""
        return _hash("\n".join(f"{name} {value}" for name, value in self.digests.items()).encode())

    def stale(self) -> list[str]:
        """Return the modules whose file is no longer the one that was converted."""
        return [name for name, path in self.verilog.items() if not _same(path, self.digests[name])]


@dataclass(frozen=True)
class Assembled:
    """A folder ready to prove in; `contents` maps file names to the bytes written."""

    sources: Sources
    folder: Path
    tasks: tuple[Task, ...]
    contents: Mapping[str, bytes]

    def of_task(self, task: Task) -> dict[str, bytes]:
        """Return the files one task reads."""
        return {name: self.contents[name] for name in task.files}


def sources_of(block_name: str, config: str, build: Path) -> Sources:
    """Convert a block and collect what its proofs need.

    Raises:
        UserError: unknown block or configuration, or a block without property files.
    """
    from tritproof.rtl.manifest import blocks, root
    from tritproof.tools.convert import convert, params_of

    known = blocks()
    if block_name not in known:
        raise UserError(f"there is no block {block_name!r}; blocks: {', '.join(known)}")
    block = known[block_name]
    params = params_of(block, config)
    formal = root() / "formal"
    properties = formal / block.family
    sby = properties / f"{block.name}.sby" if "properties" in block.proved_by else None
    if sby is not None and not sby.is_file():
        place = f"formal/{block.family}"
        raise MissingProofs(f"{block_name} has no proofs: {sby.name} is missing in {place}")
    converted = convert(block, config, build / block.name / config / "rtl")
    verilog = {path.stem: path for path in converted.files}

    def golden() -> str:
        goldens = importlib.import_module("tritproof.ref.goldens")
        return goldens.golden_for(block.name, params.constants())

    return Sources(
        block=block.name,
        config=config,
        top=converted.top,
        sby=sby,
        verilog=verilog,
        digests={name: _hash(path.read_bytes()) for name, path in verilog.items()},
        constants=params.constants(),
        repeated=params.repeated(),
        golden=golden,
        parts={name: part.name for name, (part, _) in block.modules(params).items()},
        ports={name: part.ports(p) for name, (part, p) in block.modules(params).items()},
        folders=(properties, formal),
    )


def with_user_file(sources: Sources, path: Path) -> Sources:
    """Return `sources` with one module replaced by the user's file.

    Raises:
        UserError: the file holds none, or more than one, of the block's modules, or its ports
            differ; the message names the ports.
    """
    found = modules_of(path)
    ours = [name for name in found if name in sources.verilog]
    modules = ", ".join(sources.verilog)
    if not ours:
        raise UserError(
            f"{path} holds {', '.join(found) or 'no module'}; "
            f"{sources.block} needs one of: {modules}"
        )
    if len(ours) > 1:
        raise UserError(f"{path} holds {' and '.join(ours)}: give a file with one of them")
    name = ours[0]
    wrong = differences(found[name], _ports_of(sources.verilog[name], name))
    if wrong:
        raise UserError(
            f"{path}: the ports of {name} do not fit {sources.block} at {sources.config}: "
            + "; ".join(wrong)
        )
    return replace(
        sources,
        verilog={**sources.verilog, name: path},
        digests={**sources.digests, name: _hash(path.read_bytes())},
    )


def assemble(sources: Sources, folder: Path) -> Assembled:
    """Write the proof folder afresh; it appears complete or not at all.

    Raises:
        UserError: a name in a `[files]` section that cannot be resolved.
    """
    tasks = tuple(read_tasks(sources.sby)) if sources.sby else ()
    names = dict.fromkeys(name for task in tasks for name in task.files)
    contents = {name: _content(sources, name) for name in names}
    if sources.sby:
        contents[sources.sby.name] = sources.sby.read_bytes()
    scratch = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        for name, data in contents.items():
            (scratch / name).write_bytes(data)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Assembled(sources, folder.resolve(), tasks, contents)


def _content(sources: Sources, name: str) -> bytes:
    stem = name.removesuffix(".v")
    if name.endswith(".v") and stem in sources.verilog:
        return sources.verilog[stem].read_bytes()
    if name == "parts.v":
        return b"".join(sources.verilog[part].read_bytes() for part in _parts(sources))
    if name == "parts_stub.v":
        return b"".join(_stub(sources, part) for part in _parts(sources))
    if name.endswith("_stub.v") and stem.removesuffix("_stub") in sources.ports:
        return _stub(sources, stem.removesuffix("_stub"))
    if name == "golden.sv" and sources.golden is not None:
        return sources.golden().encode()
    if name == "parameters.svh":
        return _parameters(sources).encode()
    for folder in sources.folders:
        if (folder / name).is_file() and "/" not in name:
            return (folder / name).read_bytes()
    raise UserError(
        f"{sources.sby}: [files] names {name}, which is neither a module of {sources.block} "
        f"({', '.join(sources.verilog)}), a stub of one, parts.v, parts_stub.v, golden.sv, "
        "parameters.svh, nor a file in " + " or ".join(str(folder) for folder in sources.folders)
    )


def _parts(sources: Sources) -> list[str]:
    return [module for module in sources.verilog if module != sources.top]


def _stub(sources: Sources, module: str) -> bytes:
    return stub(_with_clock(sources, module), module).encode()


def _with_clock(sources: Sources, module: str) -> tuple[PortLike, ...]:
    """A port table, with the `clk` and `rst` of the converted module should the table omit them."""
    declared = sources.ports[module]
    names = {port.name for port in declared}
    if module not in sources.verilog or {"clk", "rst"} <= names:
        return tuple(declared)
    real = _ports_of(sources.verilog[module], module)
    clock = [port for port in real if port.name in ("clk", "rst") and port.name not in names]
    return (*clock, *declared)


def _ports_of(path: Path, module: str) -> tuple[VerilogPort, ...]:
    return modules_of(path)[module]


def _parameters(sources: Sources) -> str:
    """The integer parameters as macros; others (names of code orders) mean nothing to Verilog.

    Verilog cannot name an instance by a computed number, so repetition is written out here; nor a
    module by its parameters, so each part that appears once has a macro with its module's name.
    """
    lines = [
        f"`define {name} {_literal(int(value))}"
        for name, value in sources.constants.items()
        if isinstance(value, int)
    ]
    for name, count in sources.repeated.items():
        each = " ".join(f"`{name}({number})" for number in range(count))
        lines.append(f"`define EACH_{name} {each}")
    blocks = list(sources.parts.values())
    for module, part in sources.parts.items():
        if blocks.count(part) == 1:
            lines.append(f"`define MODULE_{part.upper()} {module}")
    return "\n".join([*lines, ""])


def _literal(value: int) -> str:
    """A Verilog literal; one that 31 bits cannot hold states its own width."""
    if value < 0:
        return f"({value})"
    return str(value) if value < 1 << 31 else f"{value.bit_length()}'d{value}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _same(path: Path, digest: str) -> bool:
    try:
        return _hash(path.read_bytes()) == digest
    except OSError:
        return False
