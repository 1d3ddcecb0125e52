# SPDX-License-Identifier: Apache-2.0
"""L-Mul's specification: published values, rules for what is no normal number, theorems, errors."""

import numpy as np
import pytest
from tritproof.ref.lmul import theorems
from tritproof.ref.lmul.errors import relative_errors
from tritproof.ref.lmul.lmul import FORMATS, lmul
from tritproof.rtl.manifest import blocks


def product(name, a, b, **options):
    return int(lmul.exact(a, b, **FORMATS[name].sizes(**options)))


@pytest.mark.parametrize(
    "name, a, b, due",
    [
        ("e4m3", 0x38, 0x38, 0x39),
        ("e4m3", 0x3C, 0x3C, 0x41),
        ("e4m3", 0x3F, 0x3F, 0x47),
        ("e4m3", 0x7E, 0x38, 0x7E),
        ("e4m3", 0x08, 0x30, 0x00),
        ("bfloat16", 0x3F80, 0x3F80, 0x3F88),
        ("bfloat16", 0x3FC0, 0x3FC0, 0x4008),
        ("bfloat16", 0x3FFF, 0x3FFF, 0x4086),
        ("bfloat16", 0x7F7F, 0x3F80, 0x7F7F),
    ],
)
def test_values_that_tell_the_definitions_apart(name, a, b, due):
    assert product(name, a, b) == due


@pytest.mark.parametrize("name, constant", [
    ("e4m3", 0x37), ("e5m2", 0x3B), ("float16", 0x3BC0), ("bfloat16", 0x3F78),
    ("e3m4", 0x2E), ("float32", 0x3F780000),
])  # fmt: skip
def test_the_constants_in_use(name, constant):
    form = FORMATS[name]
    assert (form.bias << form.mantissa_bits) - form.paper_offset == constant


def test_what_is_no_normal_number():
    one, infinity, nan, subnormal = 0x3F80, 0x7F80, 0x7FC0, 0x0001
    assert product("bfloat16", 0, 0) == 0
    assert product("bfloat16", 0x8000, one) == 0x8000
    assert product("bfloat16", subnormal, 0x8000 | one) == 0x8000
    assert product("bfloat16", infinity, subnormal) == nan
    assert product("bfloat16", 0xFFFF, one) == nan
    assert product("bfloat16", infinity, 0x8000 | one) == 0xFF80
    assert product("bfloat16", 0x7F7F, 0x7F7F) == 0x7F7F
    assert product("bfloat16", 0x7F7F, 0x7F7F, saturate=False) == infinity
    assert product("bfloat16", 0x0080, 0x0080) == 0
    assert product("e4m3", 0x7F, 0x00) == 0x7F
    assert product("e4m3", 0x7E, 0xFE) == 0xFE


@pytest.mark.parametrize("prove", [
    theorems.definitions_agree_up_to_one, theorems.error_is_bounded,
    theorems.carries_are_added_significands, theorems.expectations_are_those_of_the_paper,
])  # fmt: skip
def test_theorems(prove):
    assert prove().name


def test_expected_losses_are_those_published():
    found = {k: tuple(round(float(one), 4) for one in theorems.expected_losses(7, k))
             for k in (2, 3, 4, 5, 6)}  # fmt: skip
    assert found == {
        2: (0.3477, -0.1094), 3: (0.1719, 0.0664), 4: (0.0811, 0.0947), 5: (0.0349, 0.1721),
        6: (0.0117, 0.1797),
    }  # fmt: skip


@pytest.mark.parametrize("m, mitchell, paper, printed, exact", [
    (2, 0.0357, 0.1467, 0.1111, 0.0357), (3, 0.0378, 0.0524, 0.0689, 0.0190),
    (4, 0.0383, 0.0514, 0.0694, 0.0107), (7, 0.0385, 0.0266, 0.0751, 0.0014),
])  # fmt: skip
def test_mean_errors_of_all_mantissas(m, mitchell, paper, printed, exact):
    offset = 1 << (m - (m if m <= 3 else 3 if m == 4 else 4))
    asked = [(0, "added"), (offset, "added"), (offset, "printed"), (0, "nearest")]
    found = [float(relative_errors(m, *one).mean_magnitude) for one in asked]
    assert np.round(found, 4).tolist() == [mitchell, paper, printed, exact]


@pytest.mark.parametrize("m, offset", [(2, 0), (2, 1), (3, 1), (4, 2), (7, 0), (7, 8), (7, 9)])
def test_errors_are_within_the_bound(m, offset):
    least, greatest = theorems.error_bound(offset, m)
    found = relative_errors(m, offset)
    assert least <= found.least <= found.mean <= found.greatest == greatest


def test_configurations_are_the_formats_with_the_offset_of_the_paper():
    for name, form in FORMATS.items():
        params = blocks()["lmul"].configs[name]
        assert (params.exponent_bits, params.mantissa_bits, params.infinities) == (
            form.exponent_bits, form.mantissa_bits, form.infinities,
        )  # fmt: skip
        assert params.offset == form.paper_offset
        assert (params.largest, params.nan) == (form.largest, form.nan)
