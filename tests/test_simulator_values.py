# SPDX-License-Identifier: Apache-2.0
"""Port values in and out of the compiled simulator, and its cache."""

import numpy as np
import pytest
from tritproof.rtl.manifest import Port
from tritproof.verif import toolchain
from tritproof.verif.compile import PortMismatchError
from tritproof.verif.simulator import Simulator
from tritproof.verif.streams import SimulationError
from tritproof.verif.toolchain import BuildError

from .simulator_support import (
    ADDER,
    ADDER_PORTS,
    CACHE,
    COUNTER,
    COUNTER_PORTS,
    simulator,
    stream_simulator,
)


@pytest.fixture
def adder(tmp_path):
    return simulator(tmp_path, ADDER, "adder", ADDER_PORTS)


def test_integers_and_wide_bytes_pass_through(adder):
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 256, 1000), rng.integers(-128, 128, 1000)
    wide = rng.integers(0, 256, (1000, 13), dtype=np.uint8)
    found = adder.evaluate({"a": a, "b": b, "wide": wide})
    assert np.array_equal(found["y"], a + b)
    flipped = ~wide
    flipped[:, -1] &= 15
    assert np.array_equal(found["flipped"], flipped)


def test_signs_extend_from_every_width(tmp_path):
    widths = range(1, 32)
    outputs = "".join(f", output signed [31:0] from_{width}" for width in widths)
    extensions = "".join(
        f"assign from_{width} = $signed(bits[{width - 1}:0]);\n" for width in widths
    )
    source = f"module extend (input [31:0] bits{outputs});\n{extensions}endmodule\n"
    ports = [Port("bits", "in", 32)]
    ports += [Port(f"from_{width}", "out", 32, signed=True) for width in widths]
    extend = simulator(tmp_path, source, "extend", ports)
    borders = [(1 << k) - low for k in range(32) for low in (0, 1)] + [(1 << 32) - 1]
    bits = np.array([*borders, *np.random.default_rng(1).integers(0, 1 << 32, 100)], np.int64)
    found = extend.evaluate({"bits": bits})
    for width in widths:
        low = bits % (1 << width)
        expected = np.where(low >> (width - 1), low - (1 << width), low)
        assert np.array_equal(found[f"from_{width}"], expected), width


def test_byte_rows_and_integers_are_the_same(adder):
    wide = np.zeros((2, 13), np.uint8)
    integers = adder.evaluate({"a": np.array([1, 255]), "b": np.array([-1, 127]), "wide": wide})
    rows = adder.evaluate(
        {
            "a": np.array([[1], [255]], np.uint8),
            "b": np.array([[255], [127]], np.uint8),
            "wide": wide,
        }
    )
    assert integers["y"].tolist() == rows["y"].tolist() == [0, 382]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"a": np.array([256])}, "port a takes values 0 to 255; one lies outside"),
        ({"b": np.array([128])}, "port b takes values -128 to 127; one lies outside"),
        ({"a": np.array([1.5])}, r"port a of 8 bits takes uint8\[rows, 1\] or integers"),
        ({"wide": np.zeros((1, 12), np.uint8)}, "port wide takes uint8 rows of 13 bytes"),
        ({"wide": np.zeros(1, np.int64)}, r"port wide of 100 bits takes uint8\[rows, 13\], not"),
        ({"b": np.zeros(2, np.int64)}, r"different numbers of rows: \[1, 2\]"),
        ({"c": np.zeros(1, np.int64)}, "exactly a, b, wide; differing: c"),
    ],
)
def test_misshapen_inputs_are_named(adder, change, message):
    inputs = {"a": np.array([0]), "b": np.array([0]), "wide": np.zeros((1, 13), np.uint8)}
    with pytest.raises(ValueError, match=message):
        adder.evaluate(inputs | change)


def test_a_clocked_module_is_stepped_row_by_row(tmp_path):
    counter = simulator(tmp_path, COUNTER, "counter", COUNTER_PORTS)
    step = np.array([1, 1, 0, 1] * 8)
    found = counter.evaluate({"step": step})["count"]
    assert found.tolist() == ((np.cumsum(step) - step) % 16).tolist()


def test_declared_ports_must_be_those_of_the_module(tmp_path):
    ports = [*ADDER_PORTS[:-2], Port("y", "out", 9, signed=True), Port("extra", "in", 1)]
    expected = (
        "extra: declared input of 1 bits, Verilog nothing; "
        "flipped: declared nothing, Verilog output of 100 bits; "
        "y: declared output of 9 bits, Verilog output of 10 bits"
    )
    with pytest.raises(PortMismatchError, match=expected):
        simulator(tmp_path, ADDER, "adder", ports)


def test_verilator_says_what_it_refuses(tmp_path):
    with pytest.raises(BuildError, match="(?s)verilator on adder failed.*syntax error"):
        simulator(tmp_path, ADDER.replace("assign y =", "assign = y"), "adder", ADDER_PORTS)
    assert not list(CACHE.glob("adder-*.partial"))


def test_a_combinational_loop_is_an_error_not_an_abort(tmp_path):
    broken = stream_simulator(tmp_path, "loops")
    with pytest.raises(SimulationError, match="module stream_register cannot be simulated: .*conv"):
        broken.run({})


def test_equal_content_is_compiled_once(tmp_path, adder, monkeypatch):
    (tmp_path / "other.v").write_text(ADDER)
    monkeypatch.setattr(toolchain, "verilate", None)
    again = Simulator([tmp_path / "other.v"], "adder", ADDER_PORTS, cache_directory=CACHE)
    assert again.library == adder.library


def test_an_interrupted_build_leaves_nothing(tmp_path):
    def build(directory):
        (directory / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        toolchain.cached_directory(tmp_path, "model", build)
    assert not list(tmp_path.iterdir())


def test_a_concurrent_build_wins_quietly(tmp_path):
    def build(directory):
        (directory / "mine").touch()
        (tmp_path / "model").mkdir()
        (tmp_path / "model" / "theirs").touch()

    found = toolchain.cached_directory(tmp_path, "model", build)
    assert [path.name for path in found.iterdir()] == ["theirs"]
