# SPDX-License-Identifier: Apache-2.0
"""The table of all blocks in the README, written by `tritproof list --markdown README.md`.

Whether a block has a proof is read from the presence of its `.sby` file, never from a claim.
"""

from pathlib import Path

from tritproof.rtl.manifest import Block, blocks, root
from tritproof.tools.errors import UserError
from tritproof.tools.prove.sbyfile import Task

BEGIN = "<!-- blocks: written by `tritproof list --markdown README.md` -->"
END = "<!-- end of blocks -->"
NOT_PROVED = "not proved yet"
_COLUMNS = ("block", "what it does", "latency", "throughput", "error", "proof tasks")


def table() -> str:
    """The blocks as a Markdown table, children first; paths are from the project's root."""
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    for block in blocks().values():
        cells = (
            f"[`{block.name}`]({block.parts()['rtl']})",
            block.summary,
            block.latency,
            block.throughput,
            block.error,
            _proof(block),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def current(text: str, path: Path) -> str:
    """Return `text` with the present table between its markers; `path` names it in errors.

    Raises:
        UserError: `text` lacks the markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UserError(f"{path} lacks the lines between which the table goes: {BEGIN} and {END}")
    return f"{before}{begin}\n{table()}\n{end}{after}"


def update(path: Path) -> None:
    """Write the present table between the markers of the file `path`.

    Raises:
        UserError: the file cannot be read or written, or lacks the markers.
    """
    try:
        path.write_text(current(path.read_text(), path))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name an existing Markdown file") from error


def _proof(block: Block) -> str:
    path = block.parts()["tasks"]
    file = root() / path
    if not file.is_file():
        return NOT_PROVED
    tasks = Task(block.name, file.read_text()).sections.get("tasks", [])
    names = [line.split()[0] for line in tasks if not line.startswith("cover_")]
    return f"[{', '.join(names)}]({path})"
