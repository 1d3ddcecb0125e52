# SPDX-License-Identifier: Apache-2.0
"""What a parent assumes of a child is proved in the child, from the same text, at its parameters.

A parent's `.sby` that names `tritproof_<child>_stub.v` sees a child without a body, one that names
`parts_stub.v` all children so. It must then read the child's contract with the macro
`ASSUME_<CHILD>` defined, and the child's own `.sby` must read the same file without it, in a proof.
A child of which nothing is assumed needs none. Children that share a contract share the macro,
named by the common beginning of their names.
"""

import re
from pathlib import Path

import pytest
from tritproof.rtl.manifest import blocks, root
from tritproof.tools.prove.sbyfile import read_tasks

STUB = re.compile(r"^tritproof_(\w+)_stub\.v$")


def _text(formal: Path, name: str) -> str:
    found = list(formal.rglob(name))
    return found[0].read_text() if found else ""


def _switches(child: str) -> list[str]:
    """The macros that may make the child's contract an assumption, the child's own first."""
    words = child.upper().split("_")
    return [f"ASSUME_{'_'.join(words[:end])}" for end in range(len(words), 0, -1)]


def _defines(formal: Path, task, switch: str) -> bool:
    """True when the task's script, or a file it reads, defines the macro."""
    script = "\n".join(task.sections["script"])
    if re.search(rf"-D\s*{switch}\b", script):
        return True
    pattern = re.compile(rf"^\s*`define\s+{switch}\b", re.MULTILINE)
    return any(pattern.search(_text(formal, name)) for name in task.files)


def _depends(formal: Path, task, switch: str) -> set[str]:
    """Files of the task that hold a contract switched by the macro, with a guarantee in it."""
    pattern = re.compile(rf"^\s*`ifn?def\s+{switch}\b", re.MULTILINE)
    texts = {name: _text(formal, name) for name in task.files}
    return {
        name
        for name, text in texts.items()
        if pattern.search(text) and "assert" in text and "assume" in text
    }


def stubbed(formal: Path) -> list[tuple[Path, object, str]]:
    """Return every (parent's .sby, task, child) in which a child is replaced by its stub."""
    return [
        (path, task, child)
        for path in sorted(formal.rglob("*.sby"))
        for task in read_tasks(path)
        for name in task.files
        for child in _children(path.stem, name)
    ]


def _children(parent: str, file: str) -> list[str]:
    """The blocks for which a file of the parent's proofs stands in."""
    if file == "parts_stub.v":
        block = blocks()[parent]
        parts = (part for params in block.configs.values() for part in block.hierarchy(params))
        return [name for name in dict.fromkeys(part.name for part, _ in parts) if name != parent]
    return [match[1]] if (match := STUB.match(file)) else []


def _assumes(formal: Path, task) -> bool:
    """True when a file of the task assumes more than a first reset and what constants range over.

    A stub of which nothing is assumed may give any output: that is more than the child can do.
    """
    harmless = re.compile(r"\b(starts_with_reset|exist): assume\b")
    switched = re.compile(r"^\s*`ifn?def\s+ASSUME_", re.MULTILINE)
    texts = [harmless.sub("", _text(formal, name)) for name in task.files]
    texts = [text for text in texts if not (switched.search(text) and "assert" in text)]
    return any(re.search(r"\bassume\b", text) for text in texts)


def unproved(formal: Path) -> list[str]:
    """Return one line per assumption about a child that the child does not prove."""
    problems = []
    for path, task, child in stubbed(formal):
        where = f"{path.name} {task.name}"
        switches = [name for name in _switches(child) if _defines(formal, task, name)]
        assumed = {file for name in switches for file in _depends(formal, task, name)}
        if not assumed and not _assumes(formal, task):
            continue
        if not assumed:
            macro = _switches(child)[0]
            problems.append(f"{where}: {child} is a stub, but no contract switched by {macro}")
            continue
        own = list(formal.rglob(f"{child}.sby"))
        if not own:
            problems.append(f"{where}: {child} has no .sby of its own")
            continue
        proofs = [
            proof
            for proof in read_tasks(own[0])
            if proof.kind in ("prove", "lemma")
            and not any(_defines(formal, proof, name) for name in switches)
        ]
        for file in sorted(assumed):
            proved = {f for p in proofs for name in switches for f in _depends(formal, p, name)}
            if file not in proved:
                problems.append(f"{where}: {file} is assumed, but {own[0].name} does not prove it")
    return problems


def test_every_contract_assumed_is_proved_from_the_same_text():
    assert unproved(root() / "formal") == []


def test_contracts_are_proved_at_the_parameters_they_are_assumed_at():
    known = blocks()
    problems = []
    for path, task, child in stubbed(root() / "formal"):
        parent = known[path.stem]
        for config, params in parent.configs.items():
            if task.kind == "small" and config != "tiny":
                continue
            for part, part_params in parent.hierarchy(params):
                if part.name == child and part_params not in part.configs.values():
                    problems.append(f"{parent.name} {config} assumes {child} at {part_params}")
    assert problems == []


def connected() -> list[str]:
    """The blocks of which HOLES.md says that only simulation compares them as a whole."""
    text = (root() / "formal" / "HOLES.md").read_text()
    item = re.search(r"^No query confirms the composition of ([^:]*):", text, re.MULTILINE)
    return re.findall(r"`(\w+)`", item[1])


def test_every_composition_is_checked_in_one_query():
    for name, block in blocks().items():
        if "properties" not in block.proved_by:
            continue
        path = root() / "formal" / block.family / f"{name}.sby"
        tasks = read_tasks(path)
        kinds = [task.kind for task in tasks]
        proofs = [task for task in tasks if task.kind in ("prove", "lemma")]
        whole = len(proofs) == 1 and "parts.v" in proofs[0].files
        parts = any(block.children(params) for params in block.configs.values())
        if not whole and name not in connected() and (parts or len(proofs) > 1):
            assert "small" in kinds, f"{name} is proved in pieces and has no small_* task"


def test_every_switch_belongs_to_a_block_that_proves():
    formal = root() / "formal"
    names = {name for path in formal.rglob("*.sby") for name in _switches(path.stem)}
    used = {
        switch
        for path in formal.rglob("*.sv*")
        for switch in re.findall(r"`(?:ifn?def|define)\s+(ASSUME_\w+)", path.read_text())
    }
    assert used <= names


PARENT = """[tasks]
prove_sum
[options]
mode prove
[engines]
smtbmc yices
[script]
read_slang -D ASSUME_PART --top whole whole.v tritproof_part_stub.v part_contract.svh
prep -top whole
[files]
whole.v
tritproof_part_stub.v
part_contract.svh
"""
PART = """[tasks]
prove_part
[options]
mode prove
[engines]
smtbmc yices
[script]
read_slang --top part part.v part_contract.svh
prep -top part
[files]
part.v
part_contract.svh
"""
CONTRACT = """
`ifdef ASSUME_PART
`define GUARANTEE assume
`else
`define GUARANTEE assert
`endif
"""


def _formal(folder: Path, **changes: tuple[str, str]) -> Path:
    files = {"whole.sby": PARENT, "part.sby": PART, "part_contract.svh": CONTRACT}
    for name, text in files.items():
        for old, new in [change for key, change in changes.items() if name.startswith(key)]:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder


def test_a_proved_contract_is_accepted(tmp_path):
    assert unproved(_formal(tmp_path)) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"part.": ("\npart_contract.svh\n", "\n")}, "is assumed, but part.sby does not prove it"),
        ({"part.": ("--top part", "-D ASSUME_PART --top part")}, "part.sby does not prove it"),
        ({"part.": ("prove_part", "small_part")}, "part.sby does not prove it"),
        ({"part_": ("assert", "assume")}, "part is a stub, but no contract switched by"),
    ],
    ids=["child lacks it", "child assumes it", "no proof", "no assert"],
)
def test_an_unproved_contract_is_found(tmp_path, changes, problem):
    (found,) = unproved(_formal(tmp_path, **changes))
    assert found.startswith("whole.sby prove_sum: ")
    assert problem in found


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("module proof; endmodule", 0),  # outputs are free: more than the child can do
        ("always @* if (!live) starts_with_reset: assume (rst);", 0),
        ("always @* small_outputs: assume (part.sum < 4);", 1),
    ],
    ids=["free", "reset", "assumes"],
)
def test_a_stub_of_which_nothing_is_assumed_needs_no_contract(tmp_path, text, problems):
    contract = ("\npart_contract.svh\n", "\nwhole.sv\n")
    formal = _formal(tmp_path, whole=contract)
    (formal / "whole.sv").write_text(text)
    assert len(unproved(formal)) == problems


def test_children_with_one_contract_share_its_macro(tmp_path):
    formal = _formal(tmp_path, whole=("tritproof_part_stub.v", "tritproof_part_one_stub.v"))
    own = (formal / "part.sby").rename(formal / "part_one.sby")
    assert unproved(formal) == []
    own.write_text(own.read_text().replace("\npart_contract.svh\n", "\n"))
    (found,) = unproved(formal)
    assert found.endswith("part_contract.svh is assumed, but part_one.sby does not prove it")


def test_one_file_stands_in_for_the_children_of_every_configuration():
    methods = {"ternary_dot_select", "ternary_dot_half", "ternary_dot_full"}
    assert set(_children("lane_sums", "parts_stub.v")) == {"signed_sum_tree", *methods}


def test_a_child_without_proofs_is_found(tmp_path):
    formal = _formal(tmp_path)
    (formal / "part.sby").unlink()
    assert unproved(formal) == ["whole.sby prove_sum: part has no .sby of its own"]
