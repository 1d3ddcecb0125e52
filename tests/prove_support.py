# SPDX-License-Identifier: Apache-2.0
"""Small jobs for the tests of the proof runner: the data of `data/prove`, with lines replaced."""

import hashlib
from pathlib import Path

from tritproof.tools.prove.assemble import Assembled, Sources, assemble
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.prove import prove_task

DATA = Path(__file__).parent / "data" / "prove"
COUNTER = "saturating_counter"

Changes = dict[str, tuple[str, str]]


def sources(
    folder: Path, stem: str = COUNTER, changes: Changes | None = None, config: str = "tiny"
) -> Sources:
    """Copy a job to `folder`; `changes` maps a suffix (`.v`, `.sv`, `.sby`) to (old, new) text."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".v", ".sv", ".sby"):
        text = (DATA / f"{stem}{suffix}").read_text()
        if changes and suffix in changes:
            old, new = changes[suffix]
            assert text.count(old) == 1, (suffix, old)
            text = text.replace(old, new)
        (folder / f"{stem}{suffix}").write_text(text)
    verilog = folder / f"{stem}.v"
    return Sources(
        block=stem,
        config=config,
        top=stem,
        sby=folder / f"{stem}.sby",
        verilog={stem: verilog},
        digests={stem: hashlib.sha256(verilog.read_bytes()).hexdigest()},
        constants={"LIMIT": 100},
        folders=(folder,),
    )


def assembled(folder: Path, stem: str = COUNTER, changes: Changes | None = None) -> Assembled:
    """Assemble a job below `folder`."""
    return assemble(sources(folder / "given", stem, changes), folder / "formal")


def prove(work: Assembled, task: str, timeout: float = 60, cache: Path | None = None) -> Evidence:
    """Prove one task by name."""
    return prove_task(work, next(t for t in work.tasks if t.name == task), timeout, cache)
