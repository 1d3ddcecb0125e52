# SPDX-License-Identifier: Apache-2.0
"""Weights in streams: layouts, cycles, errors, bits on the bus, the way to an engine's codes."""

import numpy as np
import pytest
from tritproof.ref.formats import goldens
from tritproof.ref.formats.goldens import unit_of
from tritproof.ref.formats.registry import formats
from tritproof.ref.formats.tellme import OUTPUTS_IN_BEAT, TABLES, G
from tritproof.rtl.formats import transcode as transcode_rtl
from tritproof.rtl.formats import unpack as unpack_rtl
from tritproof.rtl.formats.encode_group import GroupParams
from tritproof.rtl.formats.layout import LAYOUTS
from tritproof.rtl.formats.transcode import TranscodeParams
from tritproof.rtl.formats.unpack import UnpackParams
from tritproof.rtl.formats.unpack_word import WordParams
from tritproof.rtl.formats.words import DECODERS
from tritproof.rtl.manifest import blocks
from tritproof.tools.importers import load_weights
from tritproof.tools.matvec import real_matrices
from tritproof.verif.formats.rows import rows_case
from tritproof.verif.formats.transcode import transcoded
from tritproof.verif.formats.unpack import random_beats, unpacked
from tritproof.verif.formats.unpack_word import code_named
from tritproof.verif.port_values import unpack_elements

from .equivalence_support import block_simulator, run_case

UNPACK, TRANSCODE = blocks()["unpack"], blocks()["transcode"]
REGION, REGIONS, LAYER = (1536, 19 * 84), 24 * 13, 24 * (4 * 1536**2 + 3 * 1536 * 4096)
"""The stretches in which TeLLMe stores its layers, how many, and how many weights those have."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("unpack")


def real_weights(name):
    return load_weights(real_matrices()[name][0])


def run_beats(folder, config, beats):
    """Unpack beats uint8[beats, bytes] in a row, and return the run and the trits."""
    params = UNPACK.configs[config]
    case = rows_case([len(beats)], beats, *unpacked(params, beats))
    result = run_case(block_simulator("unpack", config, folder), case)
    return result, unpack_elements(result.outputs["m_axis"], params.trits, 2, signed=True)


def in_beats(params, stored):
    """Bytes in whole beats; what is missing at the end are the first bytes again."""
    return np.resize(stored, (-(-len(stored) // (params.in_width // 8)), params.in_width // 8))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_unit_is_that_of_the_format(name):
    section, layout = unit_of(name), LAYOUTS[name]
    assert (layout.size, layout.trits) == (section.bytes, section.grid.trits)
    assert layout.scale == section.scale
    parts = [(part.code.name, bits.tolist(), tuple(trits)) for part in section.parts
             for bits, trits in zip(part.bits, part.trits, strict=True)]  # fmt: skip
    assert parts == [
        (word.code, list(range(word.bit, word.bit + DECODERS[word.code][0])), word.trits)
        for word in layout.words
    ]


def test_words_out_of_step_have_no_place(monkeypatch):
    monkeypatch.setattr(goldens, "unit_of", lambda name: formats()[name].sections(192)[0])
    with pytest.raises(ValueError, match="tl2: bits .* or trits .* are not in steps"):
        goldens.words_of_beat("tl2", 1)


@pytest.mark.parametrize("name", DECODERS)
def test_illegal_words_are_those_of_the_format(name):
    code, (_, group, decode) = code_named(name), DECODERS[name]
    assert [decode(word) is None for word in range(1 << code.width)] == (~code.is_legal).tolist()
    assert code.group == group


@pytest.mark.parametrize("config", ["base3", "tellme", "tq1_0"])
def test_a_beat_goes_in_and_out_in_every_cycle(config, folder):
    params = UNPACK.configs[config]
    result, _ = run_beats(folder, config, random_beats(params, np.random.default_rng(1), 200, 0))
    taken, given = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert set(np.diff(taken)) == {1}
    assert set(given - taken) == {unpack_rtl.LATENCY}
    assert result.status["error"] == 0


@pytest.mark.parametrize("block", ["unpack", "transcode"])
def test_an_error_rises_with_its_beat_and_stays(block, folder):
    params, rng = blocks()[block].configs["tiny"], np.random.default_rng(2)
    if block == "unpack":
        beats = random_beats(params, rng, 50, 0)
        beats[20], beats[30] = 255, 255
        case, latency = rows_case([50], beats, *unpacked(params, beats)), unpack_rtl.LATENCY
    else:
        numbers = rng.integers(-1, 2, (50, params.groups, params.g))
        numbers[20, 1, 1] = numbers[30, 0, 0] = -2
        given = np.zeros((50, params.in_width // 8), np.uint8)
        for k, place in enumerate(np.moveaxis(numbers.reshape(50, -1), 1, 0)):
            given[:, k // 4] |= ((place & 3) << k % 4 * 2).astype(np.uint8)
        case, latency = rows_case([50], given, *transcoded(params, numbers)), transcode_rtl.LATENCY
    result = run_case(block_simulator(block, "tiny", folder), case)
    offered = result.beat_cycles["s_axis"][20] + latency
    assert result.status["error"] == result.total_cycles - offered


def test_five_in_eight_takes_eight_bits_for_five_weights_on_the_bus(folder):
    matrix, params = real_weights("feed_forward_up"), UNPACK.configs["base3"]
    stored = formats()["base3"].encode(matrix.reshape(1, -1))
    result, trits = run_beats(folder, "base3", in_beats(params, stored))
    np.testing.assert_array_equal(trits.reshape(-1)[: matrix.size], matrix.reshape(-1))
    bits = len(result.beat_cycles["s_axis"]) * params.in_width
    assert bits / matrix.size == pytest.approx(1.6, abs=1e-3)


def test_the_published_layout_has_as_many_bits_on_the_bus(folder):
    params = UNPACK.configs["tellme"]
    matrix = np.resize(real_weights("feed_forward_up"), REGION)
    stored = formats()["tellme_beats"].encode(matrix)
    result, trits = run_beats(folder, "tellme", in_beats(params, stored))
    units = unit_of("tellme_beats").grid.split(np.pad(matrix, ((0, 4), (0, 0))))
    np.testing.assert_array_equal(trits, units)
    bits = len(result.beat_cycles["s_axis"]) * params.in_width * REGIONS
    assert round(bits / LAYER, 3) == 2.064


@pytest.mark.parametrize("name", ["base3", "base3_residue"])
def test_five_in_eight_becomes_the_published_beats(name, folder):
    """A beat of 84 bytes is one of the published port: the same codes at the same place."""
    matrix = real_weights("feed_forward_down")
    published = formats()["tellme_beats"]
    rows, columns = published.padded(matrix.shape)
    padded = np.pad(matrix, ((0, rows - matrix.shape[0]), (0, columns - matrix.shape[1])))
    units = unit_of("tellme_beats").grid.split(padded)
    assert units.shape[1] == OUTPUTS_IN_BEAT * TABLES * G
    beats = in_beats(UNPACK.configs[name], formats()[name].encode(units))
    result, trits = run_beats(folder, name, beats)
    params = TRANSCODE.configs["published"]
    made, illegal = transcoded(params, trits.reshape(-1, params.groups, params.g))
    case = rows_case([len(trits)], result.outputs["m_axis"], made, illegal)
    found = run_case(block_simulator("transcode", "published", folder), case).outputs["m_axis"]
    np.testing.assert_array_equal(found.reshape(-1), published.encode(matrix))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: WordParams("tl1"), "code must be one of tellme, base3, "),
        (lambda: UnpackParams("tl1"), "format must be one of tellme, tellme_beats, base3, "),
        (lambda: UnpackParams("tq1_0", 5), "units must be an integer from 1 to 4, not 5"),
        (lambda: GroupParams(5), "g must be an integer from 2 to 4, not 5"),
        (lambda: GroupParams(2, "tellme"), "code_order 'tellme' is published for G = 3 only"),
        (lambda: TranscodeParams(groups=0), "groups must be an integer from 1 to 512, not 0"),
        (lambda: TranscodeParams(width=700), "width must be a multiple of 8 from 704, not 700"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value).startswith(message)
