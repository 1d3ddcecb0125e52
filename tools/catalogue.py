# SPDX-License-Identifier: Apache-2.0
"""Tables of the documents, written by `tritproof list --markdown FILE` between their markers.

Blocks are in the README, formats of weights in docs/formats.md. What is proved is read
from the record of the last complete run, `formal/PROVED.json`, which a test holds against the files
it was made of.
"""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tritproof.rtl.manifest import Block, blocks
from tritproof.tools import report
from tritproof.tools.errors import UserError
from tritproof.tools.prove import record

BEGIN = "<!-- blocks: written by `tritproof list --markdown README.md` -->"
END = "<!-- end of blocks -->"
TABLES: dict[str, Callable[[], str]] = {
    "blocks": lambda: table(),
    "formats": lambda: _formats().formats_table(),
    "confusions": lambda: _formats().confusions_table(),
}
"""What writes the table between `<!-- NAME: ... -->` and `<!-- end of NAME -->`."""
NOT_PROVED = "not proved yet"
_COLUMNS = ("block", "what it does", "latency", "throughput", "error", "proof")


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
    """Return `text` with the present tables between their markers; `path` names it in errors.

    Raises:
        UserError: `text` has no markers.
    """
    found = False
    for name, write in TABLES.items():
        marked = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if marked.search(text):
            content = write()
            text = marked.sub(lambda match, made=content: f"{match[1]}{made}\n{match[2]}", text)
            found = True
    if not found:
        raise UserError(f"{path} lacks the lines between which the table goes: {BEGIN} and {END}")
    return text


def update(path: Path) -> None:
    """Write the present table between the markers of the file `path`.

    Raises:
        UserError: the file cannot be read or written, or lacks the markers.
    """
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise UserError(f"{path}: {reason}; name an existing Markdown file") from error
    report.write_text(path, current(text, path))


def _formats() -> ModuleType:
    """Imported where it is needed: it reads a matrix."""
    from tritproof.tools import formats_tables

    return formats_tables


def _proof(block: Block) -> str:
    rows = record.rows_of(block.name)
    if not rows:
        return NOT_PROVED
    passed = sum(row["status"] == "PASS" for row in rows)
    tasks = dict.fromkeys(row["task"] for row in rows if not row["task"].startswith("cover_"))
    configs = dict.fromkeys(row["config"] for row in rows)
    parts = block.parts()
    where = parts.get("tasks", parts["equivalence"])
    return (
        f"{passed} of {len(rows)} PASS: [{', '.join(tasks)}]({where}) "
        f"at {', '.join(configs)}"
    )
