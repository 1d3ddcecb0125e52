# SPDX-License-Identifier: Apache-2.0
"""Replay a counterexample in the simulator, on the Verilog that was proved."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tritproof.tools.prove.ports import modules_of
from tritproof.verif import toolchain

_DRIVER = """\
{sources}
#include <cstdlib>
#include <iostream>
#include <string>

void vl_fatal(const char* file, int line, const char*, const char* message) {{
    std::cerr << file << ":" << line << ": " << message << std::endl;
    std::exit(1);
}}

template <typename T> void put(T& port, const std::string& text) {{
    port = static_cast<T>(std::stoull(text, nullptr, 16));
}}
template <std::size_t N> void put(VlWide<N>& port, const std::string& text) {{
    std::string digits(N * 8 - text.size(), '0');
    digits += text;
    for (std::size_t i = 0; i < N; ++i)
        port[N - 1 - i] = static_cast<EData>(std::stoul(digits.substr(8 * i, 8), nullptr, 16));
}}
template <typename T> void show(const T& port) {{
    std::cout << std::hex << static_cast<unsigned long long>(port) << ' ';
}}
template <std::size_t N> void show(const VlWide<N>& port) {{
    static const char* digit = "0123456789abcdef";
    for (std::size_t i = N; i-- > 0;)
        for (int shift = 28; shift >= 0; shift -= 4) std::cout << digit[(port[i] >> shift) & 15];
    std::cout << ' ';
}}

int main() {{
    VerilatedContext context;
    {prefix} model(&context);
    std::string word;
    while (std::cin >> word) {{
{inputs}
        model.eval();
{outputs}
        std::cout << '\\n';
{clock}
    }}
    model.final();
}}
"""


def replay(
    verilog: Mapping[str, Path], top: str, cycles: Sequence[Mapping[str, int]], cache: Path
) -> list[dict[str, int]]:
    """Simulate `top` and return the values of its outputs in every clock cycle, before its edge.

    `verilog` maps module names to files; `cycles` holds one dict per cycle with the unsigned value
    of every input but `clk`. Registers start at 0. Verilator's own run-time objects are kept in the
    folder `cache`.

    Raises:
        KeyError: an input is missing from a cycle.
        toolchain.BuildError: Verilator or the C++ compiler refused the files.
    """
    ports = modules_of(verilog[top])[top]
    inputs = [port.name for port in ports if port.direction == "in" and port.name != "clk"]
    outputs = [port.name for port in ports if port.direction == "out"]
    clocked = any(port.name == "clk" for port in ports)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sources = folder / "sources"
        files = [path.resolve() for path in verilog.values()]
        generated = toolchain.verilate(files, top, sources, ["--x-initial", "0"])
        driver = folder / "driver.cpp"
        driver.write_text(_driver(generated, inputs, outputs, clocked))
        flags = ["-O0", *toolchain.include_flags(sources)]
        objects = toolchain.compile_objects([driver], flags, folder)
        runtime = toolchain.runtime_objects(["verilated", "verilated_threads"], cache)
        program = folder / "replay"
        link = [toolchain.compiler(), "-pthread", "-o", program, *objects, *runtime]
        toolchain.execute(link, f"linking the replay of {top}")
        text = "".join(
            " ".join([".", *(f"{cycle[name]:x}" for name in inputs)]) + "\n" for cycle in cycles
        )
        done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [
        dict(zip(outputs, (int(word, 16) for word in line.split()), strict=True))
        for line in done.stdout.splitlines()
    ]


def compare(
    trace: Sequence[Mapping[str, int]], simulated: Sequence[Mapping[str, int]], clocked: bool
) -> str:
    """Say whether the simulation shows the trace's outputs.

    A clocked block is compared from the first cycle after a reset, since the trace may start in any
    state; a trace without a reset is not comparable.
    """
    first = 0
    if clocked:
        resets = [index for index, cycle in enumerate(trace) if cycle.get("rst")]
        if not resets:
            return "not compared: the trace holds no reset"
        first = resets[0] + 1
    for index in range(first, min(len(trace), len(simulated))):
        for name, value in simulated[index].items():
            if trace[index][name] != value:
                return (
                    f"differs: {name} in cycle {index} is {trace[index][name]} in the trace, "
                    f"{value} in the simulation"
                )
    return f"the simulated outputs equal the trace's, cycles {first} to {len(trace) - 1}"


def _driver(
    generated: Sequence[Path], inputs: Sequence[str], outputs: Sequence[str], clocked: bool
) -> str:
    indent = " " * 8
    clock = ["model.clk = 1;", "model.eval();", "model.clk = 0;"] if clocked else []
    return _DRIVER.format(
        # One unit: reading Verilator's headers costs more than a second each time.
        sources="\n".join(f'#include "{path.name}"' for path in generated),
        prefix=toolchain.PREFIX,
        inputs="\n".join(f"{indent}std::cin >> word; put(model.{name}, word);" for name in inputs),
        outputs="\n".join(f"{indent}show(model.{name});" for name in outputs),
        clock="\n".join(indent + line for line in clock),
    )
