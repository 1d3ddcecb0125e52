# SPDX-License-Identifier: Apache-2.0
"""L-Mul's specification: published values, rules for what is no normal number, theorems, errors."""

import io
import re
from fractions import Fraction

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.lmul import theorems
from tritproof.ref.lmul.errors import OF_SUMS, relative_errors, summed_errors
from tritproof.ref.lmul.lmul import (
    FORMATS,
    Format,
    lmul,
    lmul_attention_scores,
    lmul_dot,
)
from tritproof.ref.lmul.rounded import rounded_mul
from tritproof.rtl.lmul.lmul import LmulParams
from tritproof.rtl.manifest import blocks, root
from tritproof.tools import lmul_accuracy


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


@pytest.mark.parametrize("m", range(1, 11))
def test_errors_by_sums_are_those_of_all_pairs(m):
    paper = Format(5, m, 15).paper_offset
    for offset in {0, paper, (1 << m) - 1} if m < 9 else {paper}:
        for name in OF_SUMS if m < 10 else OF_SUMS[:1]:
            found, exact = summed_errors(m, offset, name), relative_errors(m, offset, name)
            assert (found.least, found.greatest) == (exact.least, exact.greatest)
            assert abs(found.mean - exact.mean) <= found.distance < 2.0**-38
            assert abs(found.mean_magnitude - exact.mean_magnitude) <= found.distance


def test_errors_of_float32():
    form = FORMATS["float32"]
    found = relative_errors(23, form.paper_offset)
    least, greatest = theorems.error_bound(form.paper_offset, 23)
    assert least <= found.least < least + Fraction(1, 1 << 22) and found.greatest == greatest
    assert found.distance < Fraction(1, 10**11)
    assert float(found.mean_magnitude) == pytest.approx(0.026547999047, abs=1e-11)
    assert float(found.mean) == pytest.approx(0.004081770195, abs=1e-11)


def test_long_products_that_need_more_than_a_sum_are_refused():
    with pytest.raises(ValueError, match="nearest of m=11 bits: pairs are tried up to 10 bits"):
        relative_errors(11, 0, "nearest")
    with pytest.raises(ValueError, match="m=24: must be from 1 to 23 bits"):
        relative_errors(24, 0)


@pytest.mark.parametrize("name", ["e4m3", "e5m2", "e3m4", "bfloat16"])
def test_the_page_has_the_errors_that_are_measured(name):
    m, paper = FORMATS[name].mantissa_bits, FORMATS[name].paper_offset
    cells = [name]
    for offset, kind in ((paper, "added"), (0, "added"), (0, "nearest")):
        found = relative_errors(m, offset, kind)
        least, greatest = float(found.least), float(found.greatest)
        cells += [f"{float(found.mean_magnitude):.4f}", f"{least:+.4f} .. {greatest:+.4f}"]
    assert f"| {' | '.join(cells)} |" in (root() / "docs" / "lmul.md").read_text()


def test_the_command_measures_long_mantissas_by_sums(monkeypatch):
    formats = {"e4m3": FORMATS["e4m3"], "long": Format(5, 11, 15)}
    monkeypatch.setattr(lmul_accuracy, "FORMATS", formats)
    console = Console(file=io.StringIO(), width=160)
    records = lmul_accuracy.run(console)
    assert {one["status"] for one in records} == {"PASS"}
    kinds = [(one["format"], one["product"], one["distance"] > 0) for one in records]
    assert kinds == [
        *[("e4m3", kind, False) for kind in ("added", "added", "printed", "nearest")],
        *[("long", kind, True) for kind in ("added", "added", "added", "printed")],
    ]
    assert "mean and bias exact up to 10 bits of mantissa, then to 6e-14" in console.file.getvalue()


UNUSUAL = Format(4, 3, 4)


def test_an_unusual_bias():
    form, unit = UNUSUAL, UNUSUAL.least
    codes = np.arange(form.least, form.largest + 1)
    found = lmul.numpy(codes[:, None], codes, **form.sizes())
    least, greatest = form.value(form.least), form.value(form.largest)
    assert form.value(4 << 3) == 1 and least == Fraction(1, 8)
    for (i, j), code in np.ndenumerate(found):
        s = Fraction(i % unit + j % unit + form.paper_offset, unit)
        carried = 1 + s if s < 1 else 2 * s if s < 2 else 4 * (s - 1)
        due = Fraction(2) ** (i // unit + j // unit + 2 - 2 * 4) * carried
        assert form.value(int(code)) == (min(due, greatest) if due >= least else 0)


def test_configurations_are_the_formats_with_the_offset_of_the_paper():
    for name, form in FORMATS.items():
        params = blocks()["lmul"].configs[name]
        assert (params.exponent_bits, params.mantissa_bits, params.infinities) == (
            form.exponent_bits, form.mantissa_bits, form.infinities,
        )  # fmt: skip
        assert params.bias == form.bias == (1 << (form.exponent_bits - 1)) - 1
        assert params.offset == form.paper_offset
        assert (params.largest, params.nan) == (form.largest, form.nan)


@pytest.mark.parametrize("bias", [0, 15])
def test_a_bias_without_a_normal_one_is_refused(bias):
    with pytest.raises(ValueError, match=f"bias={bias}: must be from 1 to 14, so that 1 is normal"):
        Format(4, 3, bias)
    with pytest.raises(ValueError, match=f"bias must be an integer from 1 to 14, not {bias}"):
        LmulParams(4, 3, bias, offset=1)


@pytest.mark.parametrize("call", [
    lambda sizes: lmul.exact(0, 0, **sizes), lambda sizes: lmul.numpy(0, 0, **sizes),
    lambda sizes: rounded_mul.exact(0, 0, **{k: v for k, v in sizes.items() if k != "OFFSET"}),
])  # fmt: skip
def test_no_infinity_where_there_is_none(call):
    with pytest.raises(ValueError, match="a format without infinities must saturate"):
        call(FORMATS["e4m3"].sizes(saturate=False))


@pytest.mark.parametrize("offset", [-1, 8])
def test_an_offset_is_a_fraction(offset):
    with pytest.raises(ValueError, match=f"OFFSET={offset}: must be from 0 to 7"):
        product("e4m3", 0x38, 0x38, offset=offset)


def test_vectors_are_of_one_length():
    form, text = FORMATS["e4m3"], re.escape("codes [1] and [2]: ")
    with pytest.raises(ValueError, match=text):
        lmul_dot([0x38], [0x38, 0x38], form)
    with pytest.raises(ValueError, match=text):
        lmul_attention_scores([0x38, 0x38], [[0x38, 0x38], [0x38]], form)
    assert lmul_attention_scores([0x38], [[0x38]], form) == [(9 << 6, True)]
