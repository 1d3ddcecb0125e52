# SPDX-License-Identifier: Apache-2.0
"""The engine without tables: every method gives the sums, and stands in one table of areas."""

from dataclasses import replace

import pytest
from tritproof.rtl.manifest import blocks
from tritproof.rtl.ternary.lane_sums import METHODS, LaneSumsParams
from tritproof.tools import cli_targets
from tritproof.verif.equivalence import adapter, build_myhdl_simulator

BLOCK = blocks()["lane_sums"]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_sums(method):
    params = replace(BLOCK.configs["tiny"], method=method)
    outcome = adapter(BLOCK).check(build_myhdl_simulator(BLOCK, params), params, 40, 3)
    assert outcome.mismatches == 0, outcome.failure
    assert outcome.transactions >= 40


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"g": 6}, "^g must be an integer from 2 to 5, not 6$"),
        ({"t": 2}, "^t must be an integer from 3 to 256, not 2$"),
        ({"q": 65}, "^q must be an integer from 2 to 64, not 65$"),
        ({"code_order": "none"}, "^code_order must be one of sign_index, tellme, base3, not "),
        ({"method": "table"}, "^method must be one of select, half, full, not 'table'$"),
    ],
)
def test_bad_parameters_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        LaneSumsParams(**given)


def test_one_command_measures_the_engine_and_what_it_is_compared_with():
    names = ["tlmm", "ternary_lookup", "lane_sums"]
    pairs = cli_targets.resolve(names, ["tellme", *METHODS])
    assert [(block.name, config) for block, config in pairs] == [
        ("tlmm", "tellme"),
        ("ternary_lookup", "tellme"),
        ("lane_sums", "select"),
        ("lane_sums", "half"),
        ("lane_sums", "full"),
    ]
    macs = {block.macs_per_cycle(block.configs[config]) for block, config in pairs}
    assert macs == {28 * 16 * 3}
