# SPDX-License-Identifier: Apache-2.0
"""The wheel holds every file of every package, data included, and nothing but `tritproof`."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("rtl", "ref", "formal", "verif", "tools")
NOT_INSTALLED = {Path("tools/typings")}
"""Links for type checkers."""


def _is_built(path: Path) -> bool:
    return "__pycache__" in path.parts or path.suffix == ".pyc"


def expected() -> set[str]:
    """Names in the wheel, from the tree."""
    return {
        f"tritproof/{relative.as_posix()}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not _is_built(relative := path.relative_to(ROOT))
        if not any(relative.is_relative_to(folder) for folder in NOT_INSTALLED)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """Build from a copy: setuptools leaves `build/lib`, which would be packed the next time."""
    source = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source]
    if _setuptools_is_recent():
        command.append("--no-build-isolation")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def _setuptools_is_recent() -> bool:
    from importlib.metadata import version

    if importlib.util.find_spec("setuptools") is None:
        return False
    return int(version("setuptools").split(".")[0]) >= 77


def test_the_wheel_holds_the_tree(wheel):
    packed = {name for name in wheel.namelist() if name.startswith("tritproof/")}
    tree = expected()
    assert sorted(tree - packed) == []
    assert sorted(packed - tree) == []


def test_data_files_are_there(wheel):
    suffixes = {Path(name).suffix for name in wheel.namelist()}
    assert {".py", ".sv", ".svh", ".sby", ".j2", ".npz", ".md"} <= suffixes


def test_the_top_level_is_one_name(wheel):
    top = {name.split("/")[0] for name in wheel.namelist()}
    [metadata] = [name for name in top if name.endswith(".dist-info")]
    assert top == {"tritproof", metadata}


def test_the_wheel_carries_licence_and_commands(wheel):
    names = wheel.namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    [entries] = [name for name in names if name.endswith("entry_points.txt")]
    assert "tritproof = tritproof.tools.cli:main" in wheel.read(entries).decode()


def test_packed_bytes_are_those_of_the_tree(wheel):
    for name in expected():
        assert wheel.read(name) == (ROOT / name.removeprefix("tritproof/")).read_bytes(), name
