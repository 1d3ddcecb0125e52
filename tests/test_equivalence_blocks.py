# SPDX-License-Identifier: Apache-2.0
"""Every block equals its specification in the compiled simulator, and so does its MyHDL source."""

import json
import os

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.verif import equivalence
from tritproof.verif.equivalence import EveryState, adapter, build_myhdl_simulator, check_block
from tritproof.verif.ternary.products import input_streams, output_beats, random_product
from tritproof.verif.ternary.tlmm import stall_profiles

from .equivalence_support import block_simulator, converted_files, small_config

SEED = 1
MYHDL_VECTORS = 40


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


@pytest.mark.parametrize("name", blocks())
def test_the_compiled_block_equals_its_specification(name, folder):
    config = small_config(name)
    params = blocks()[name].configs[config]
    outcome = check_block(block_simulator(name, config, folder), blocks()[name], params, 3000, SEED)
    assert outcome.mismatches == 0, outcome.failure
    assert outcome.transactions >= 3000
    assert outcome.cycles > 0


@pytest.mark.parametrize("name", blocks())
def test_the_myhdl_source_equals_its_specification(name):
    params = blocks()[name].configs[small_config(name)]
    simulator = build_myhdl_simulator(blocks()[name], params)
    outcome = adapter(blocks()[name]).check(simulator, params, MYHDL_VECTORS, SEED)
    assert outcome.mismatches == 0, outcome.failure
    assert outcome.transactions >= MYHDL_VECTORS


@pytest.mark.parametrize("profile", [0, 3, 7])
def test_source_and_verilog_move_every_beat_in_the_same_cycle(profile, folder):
    params = blocks()["tlmm"].configs["tiny"]
    rng = np.random.default_rng(profile)
    commands = [random_product(params, rng, 60) for _ in range(2)]
    inputs = input_streams(params, commands, rng)
    options = {
        "expected_beats": {"m_axis": output_beats(params, commands)},
        "stalls": stall_profiles()[profile],
        "seed": profile,
        "drain_cycles": 20,
        "preceding": inputs,
        "reset_at": 30 + profile,
    }
    compiled = EveryState(block_simulator("tlmm", "tiny", folder)).run(inputs, **options)
    source = build_myhdl_simulator(blocks()["tlmm"], params).run(inputs, **options)
    assert compiled.difference(source) is None
    assert compiled.total_cycles == source.total_cycles


def is_combinational(block):
    ports = block.ports(block.configs[small_config(block.name)])
    return "clk" not in {port.name for port in ports}


@pytest.mark.parametrize("name", [n for n, b in blocks().items() if is_combinational(b)])
def test_small_input_spaces_are_tried_completely(name, folder):
    block, config = blocks()[name], small_config(name)
    simulator = block_simulator(name, config, folder)
    bits = sum(port.width for port in simulator.ports if port.direction == "in")
    if bits <= 20:
        outcome = check_block(simulator, block, block.configs[config], 1 << bits, 0)
        assert (outcome.exhaustive, outcome.mismatches) == (True, 0), outcome.failure
        assert outcome.transactions >= 1 << bits
    else:
        outcome = check_block(simulator, block, block.configs[config], 1 << 16, 0)
        assert (outcome.exhaustive, outcome.mismatches) == (False, 0), outcome.failure


@pytest.mark.slow
def test_every_triple_of_activations_gives_the_thirteen_sums(folder):
    block = blocks()["swar_table"]
    simulator = block_simulator("swar_table", "tellme", folder)
    outcome = check_block(simulator, block, block.configs["tellme"], 1 << 24, 0)
    assert (outcome.exhaustive, outcome.mismatches) == (True, 0), outcome.failure


def test_records_are_flat_and_written_as_json(folder, tmp_path):
    seen = []
    records = equivalence.run(
        ["ternary_dot_select"],
        "tiny",
        vectors=500,
        seed=9,
        convert=lambda block, config, _: Files(converted_files(block.name, config, folder)),
        json_file=tmp_path / "records.json",
        on_record=seen.append,
        build="build",
    )
    assert json.loads((tmp_path / "records.json").read_text()) == records == seen
    (record,) = records
    assert list(record)[:7] == "block config vectors mismatches cycles seconds seed".split()
    assert (record["block"], record["config"]) == ("ternary_dot_select", "tiny")
    assert (record["vectors"], record["mismatches"], record["seed"]) == (550, 0, 9)
    assert not any(isinstance(value, dict | list) for value in record.values())


def test_the_seed_and_not_the_number_of_cores_decides(folder, monkeypatch):
    params = blocks()["tlmm"].configs["tiny"]

    def outcome(cores):
        monkeypatch.setattr(os, "cpu_count", lambda: cores)
        simulator = block_simulator("tlmm", "tiny", folder)
        return adapter(blocks()["tlmm"]).check(simulator, params, 2000, 3)

    assert outcome(1) == outcome(3)


class Files:
    """What ``equivalence.run`` wants of a conversion."""

    def __init__(self, files):
        self.files = files
