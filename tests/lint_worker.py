# SPDX-License-Identifier: Apache-2.0
"""Convert and simulate the snippets in ``orders.json``; writes ``unit_<k>.v`` and ``<k>.json``.

Each snippet runs in a fork of its own, for MyHDL keeps global state.
"""

import importlib.util
import json
import os
import sys
import traceback
import warnings
from pathlib import Path

from myhdl import Signal, block, delay, instance, intbv


def _convert_all(folder: Path) -> None:
    for k, order in enumerate(json.loads((folder / "orders.json").read_text())):
        child = os.fork()
        if not child:
            status = 1
            try:
                (folder / f"{k}.json").write_text(json.dumps(_convert(folder, k, order)))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1]:
            sys.exit(f"snippet {k} does not run:\n{order['source']}")


def _convert(folder: Path, k: int, order: dict) -> dict:
    path = folder / f"snippet_{k}.py"
    path.write_text(order["source"])
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    refused = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = module.unit(**{n: _signal(kind, 0) for n, kind in order["types"].items()})
            made.convert("Verilog", name=f"unit_{k}", path=str(folder), initial_values=False)
    except Exception as error:
        refused = f"{type(error).__name__}: {error}"
    if refused:
        return {"refused": refused, "simulated": []}
    simulated = _simulate(module.unit, order["types"], order["vectors"])
    return {"refused": refused, "simulated": simulated}


def _signal(kind: str, value: int):
    if kind == "bit":
        return Signal(bool(value))
    width = int(kind[1:])
    if kind[0] == "u":
        return Signal(intbv(value)[width:])
    return Signal(intbv(value, min=-(1 << (width - 1)), max=1 << (width - 1)))


def _simulate(unit, types: dict[str, str], vectors: list[dict[str, int]]) -> list:
    """Return the outputs for each vector, after settling or after a clock edge."""
    signals = {name: _signal(kind, vectors[0].get(name, 0)) for name, kind in types.items()}
    seen = []

    @block
    def bench():
        device = unit(**signals)

        @instance
        def drive():
            for vector in vectors:
                for name, value in vector.items():
                    signals[name].next = 0 if name == "clk" else value
                yield delay(1)
                if "clk" in signals:
                    signals["clk"].next = 1
                yield delay(1)
                seen.append([int(signals[n].val) for n in types if n[0] == "y"])

        return device, drive

    bench().run_sim(quiet=1)
    return seen


if __name__ == "__main__":
    _convert_all(Path(sys.argv[1]))
