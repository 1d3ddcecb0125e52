# SPDX-License-Identifier: Apache-2.0
"""The emitted files of every block pass the audit, and a tampered one does not."""

import re

import pytest
from tritproof.rtl.manifest import blocks
from tritproof.tools.audit import audit
from tritproof.tools.audit_tools import audit_lint
from tritproof.tools.audit_waivers import WAIVERS
from tritproof.tools.convert import convert


@pytest.fixture(scope="module")
def smallest(tmp_path_factory):
    """Every block at its first configuration, by name."""
    folder = tmp_path_factory.mktemp("audited")
    return {
        name: convert(block, next(iter(block.configs)), folder / name)
        for name, block in blocks().items()
    }


@pytest.mark.parametrize("name", blocks())
def test_every_block_passes(name, smallest):
    assert [str(finding) for finding in audit(smallest[name])] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, config", [(name, config) for name, block in blocks().items() for config in block.configs]
)
def test_every_configuration_passes(name, config, tmp_path):
    converted = convert(blocks()[name], config, tmp_path)
    assert [str(finding) for finding in audit(converted)] == []


def warnings_of(converted):
    return audit_lint(converted.files, converted.top, waivers=())


def is_needed(waiver, warnings):
    return any(
        waiver.covers(
            finding.path.rsplit("/", 1)[-1].removesuffix(".v"),
            finding.rule.removeprefix("verilator-"),
            finding.message,
        )
        for finding in warnings
    )


def test_every_waiver_is_needed(smallest, tmp_path):
    warnings = [one for converted in smallest.values() for one in warnings_of(converted)]
    for waiver in WAIVERS:
        if is_needed(waiver, warnings):
            continue
        # Not by the first configurations: then by another one of the blocks that it names.
        others = (
            warnings_of(convert(block, config, tmp_path / name / config))
            for name, block in blocks().items()
            if re.fullmatch(waiver.module, f"tritproof_{name}")
            for config in block.configs
        )
        assert any(is_needed(waiver, found) for found in others), waiver


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("output signed [9:0] result;", "output signed [8:0] result;", "ports"),
        ("    else begin\n        result = entry;\n    end\n", "", "latch"),
        ("(-entry)", "(-entry) + 32'h40000000", "mixed-signs"),
        ("reg [0:0] minus;", "reg [0:0] minus;\nwire idle;", "verilator-UNUSEDSIGNAL"),
        ("case (code)", "case (1'b0)", "depends"),
        ("endmodule", "initial minus = 0;\nendmodule", "initial-block"),
    ],
)
def test_tampered_file_is_caught(old, new, rule, tmp_path):
    converted = convert(blocks()["ternary_dot_half"], "tiny", tmp_path)
    text = converted.files[-1].read_text()
    assert old in text
    converted.files[-1].write_text(text.replace(old, new))
    assert rule in {finding.rule for finding in audit(converted)}
