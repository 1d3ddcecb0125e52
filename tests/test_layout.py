# SPDX-License-Identifier: Apache-2.0
"""The files of the project are where the layout says, and keep its house rules."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from tritproof.rtl.manifest import blocks
from tritproof.tools.prove import record

ROOT = Path(__file__).parent.parent
HOLES = ROOT / "formal" / "HOLES.md"
FORBIDDEN_IMPORTS = {
    "ref": {"rtl", "verif", "tools"},
    "rtl": {"ref", "verif", "tools"},
    "verif": {"tools"},
}
MACHINE_PATH = re.compile(rf"(?<![\w.:])/(?:{'work'}|{'root'}|{'tmp'})(?:/|\b(?![-\w]))")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
SPDX = "SPDX-License-Identifier: Apache-2.0"
SOURCES = {".py", ".sv", ".svh"}


@cache
def project_files() -> tuple[Path, ...]:
    """Files under version control or about to be, or all but hidden and built ones without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        built = {"build", "dist", "__pycache__"}
        found = [
            path
            for path in ROOT.rglob("*")
            if not any(
                part in built or part.startswith(".") or part.endswith(".egg-info")
                for part in path.relative_to(ROOT).parts
            )
        ]
    return tuple(sorted(path for path in found if path.is_file() and not path.is_symlink()))


def text_files() -> list[Path]:
    return [path for path in project_files() if b"\0" not in path.read_bytes()]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def holes(title: str) -> list[str]:
    """Return the list items below a heading of HOLES.md."""
    section = HOLES.read_text().split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^- .*", section, re.MULTILINE)


def unproved_blocks() -> set[str]:
    return {re.match(r"- `(\w+)`", item)[1] for item in holes("Blocks without proofs")}


def test_the_walk_sees_the_project():
    names = {relative(path) for path in project_files()}
    assert {"README.md", "pyproject.toml", "rtl/manifest.py", "tests/test_layout.py"} <= names


@pytest.mark.parametrize("name", blocks())
def test_a_block_has_all_its_parts(name):
    block = blocks()[name]
    parts = block.parts()
    if name in unproved_blocks():
        del parts["properties"], parts["tasks"]
    assert [path for path in parts.values() if not (ROOT / path).is_file()] == []


def test_holes_are_those_there_are():
    tasks = {name: block.parts().get("tasks") for name, block in blocks().items()}
    without = {name for name, path in tasks.items() if path and not (ROOT / path).is_file()}
    assert unproved_blocks() == without


def test_no_orphan_in_formal():
    owned = {path for block in blocks().values() for path in block.parts().values()}
    readers = [path for path in project_files() if path.suffix in (".sby", ".sv", ".svh")]
    texts = {relative(p): p.read_text() for p in readers if p.is_relative_to(ROOT / "formal")}
    orphans = []
    for path in project_files():
        name = relative(path)
        if not name.startswith("formal/") or name in owned | {relative(HOLES), record.RECORD}:
            continue
        shared = path.suffix == ".svh" and any(
            re.search(rf"\b{re.escape(path.name)}\b", text)
            for reader, text in texts.items()
            if reader != name
        )
        command = path.parent == HOLES.parent and (ROOT / "tools" / f"{path.stem}.py").is_file()
        if not shared and not command:
            orphans.append(name)
    assert orphans == []


def test_no_orphan_in_a_family_of_verif():
    families = {block.family for block in blocks().values()}
    owned = {block.parts()["equivalence"] for block in blocks().values()}
    owned |= {path.removesuffix(".py") + "_bench.py" for path in owned}
    imported = {
        module
        for path in project_files()
        if path.suffix == ".py"
        for module in imports(path)
        if module.startswith("tritproof.verif.")
    }
    orphans = []
    for path in project_files():
        name = relative(path)
        parts = path.relative_to(ROOT).parts
        if parts[0] != "verif" or len(parts) < 3 or parts[1] not in families:
            continue
        module = "tritproof." + name.removesuffix(".py").replace("/", ".")
        if name not in owned and module not in imported and path.name != "__init__.py":
            orphans.append(name)
    assert orphans == []


def imports(path: Path) -> set[str]:
    """Return the dotted names a file imports, each ``from a import b`` also as ``a.b``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 or path.is_relative_to(ROOT / "tests"), f"{path}: relative"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("folder", FORBIDDEN_IMPORTS)
def test_imports_keep_the_direction(folder):
    banned = {f"tritproof.{other}" for other in FORBIDDEN_IMPORTS[folder]}
    for path in (ROOT / folder).rglob("*.py"):
        crossed = {name for name in imports(path) if ".".join(name.split(".")[:2]) in banned}
        assert crossed == set(), f"{relative(path)} imports {', '.join(sorted(crossed))}"


def test_nobody_imports_a_second_copy():
    bare = {"rtl", "ref", "verif", "tools", "formal"}
    for path in project_files():
        if path.suffix == ".py":
            assert {name.split(".")[0] for name in imports(path)} & bare == set(), relative(path)


def test_nothing_is_left_for_later():
    marked = [relative(path) for path in text_files() if UNFINISHED.search(path.read_text())]
    assert marked == []


def test_no_path_of_a_machine():
    found = [
        f"{relative(path)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("open('/" + "work/a')", True),
        ("cd /" + "tmp", True),
        ("path = /" + "root/x", True),
        ("a/" + "work/b", False),
        ("https://example.org/" + "work/b", False),
        ("/" + "tmp-like", False),
    ],
)
def test_what_a_path_of_a_machine_is(text, matches):
    assert bool(MACHINE_PATH.search(text)) is matches


def test_sources_name_their_licence():
    sources = [path for path in project_files() if path.suffix in SOURCES]
    assert [relative(path) for path in sources if SPDX not in path.read_text().split("\n")[0]] == []


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert text.lstrip().startswith("Apache License\n")
    assert "END OF TERMS AND CONDITIONS" in text
    assert text.rstrip().endswith("limitations under the License.")


def test_every_skip_has_a_reason():
    silent = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and not _reason_given(node):
                silent.append(f"{relative(path)}:{node.lineno}")
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                bare = [ast.unparse(d) for d in node.decorator_list if isinstance(d, ast.Attribute)]
                if any(name.endswith((".skip", ".xfail")) for name in bare):
                    silent.append(f"{relative(path)}:{node.lineno}")
    assert silent == []


def _reason_given(call: ast.Call) -> bool:
    """False for a skip, an expected failure or an import-or-skip that does not say why."""
    name = ast.unparse(call.func)
    keywords = {keyword.arg for keyword in call.keywords}
    if name.endswith((".mark.skip", ".mark.skipif", ".mark.xfail", ".importorskip")):
        return "reason" in keywords
    if name in ("pytest.skip", "pytest.xfail"):
        return bool(call.args) or "reason" in keywords
    return True
