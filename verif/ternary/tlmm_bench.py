# SPDX-License-Identifier: Apache-2.0
"""cocotb bench of the engine: exact products through its streams, with and without stalls."""

from typing import Any

import cocotb
import numpy as np
from tritproof.rtl.manifest import blocks
from tritproof.verif.cocotb_streams import Stopwatch, bench_job, record_measurement, start, transfer
from tritproof.verif.myhdl_simulation import as_integers, as_rows
from tritproof.verif.random_stalls import Stall, Stalls
from tritproof.verif.streams import Result
from tritproof.verif.ternary.products import (
    ACTIVATION,
    COMMAND,
    OUTPUT,
    WEIGHT,
    Product,
    differences,
    input_streams,
    output_beats,
    random_product,
)

SOURCES, SINKS = [COMMAND, ACTIVATION, WEIGHT], [OUTPUT]


async def _run(dut: Any, commands: list[Product], stalls: Stalls, seed: int) -> tuple[int, float]:
    """Run commands, compare every output, and return the beats that moved and the seconds."""
    params = blocks()["tlmm"].configs[bench_job()["config"]]
    beats = input_streams(params, commands, np.random.default_rng(seed))
    inputs = {name: as_integers(rows) for name, rows in beats.items()}
    await start(dut, SOURCES, SINKS)
    with Stopwatch() as watch:
        due = {OUTPUT: output_beats(params, commands)}
        found = (await transfer(dut, inputs, due, stalls=stalls, seed=seed))[OUTPUT]
    lane_bytes = params.q * params.lane_width // 8
    result = Result(
        outputs={OUTPUT: as_rows([beat["tdata"] for beat in found], lane_bytes)},
        last={OUTPUT: np.array([beat["tlast"] for beat in found], bool)},
        keep={OUTPUT: as_rows([beat["tkeep"] for beat in found], -(-lane_bytes // 8))},
        beat_cycles={},
        status={"refused": 0},
        total_cycles=0,
    )
    assert not (wrong := differences(params, commands, result)), wrong[0]
    return sum(map(len, inputs.values())) + len(found), watch.seconds


def _commands(rng: np.random.Generator) -> list[Product]:
    job = bench_job()
    params = blocks()["tlmm"].configs[job["config"]]
    weights = job["vectors"] * params.g * params.t * params.q
    commands = []
    while weights > 0 and len(commands) < 64:
        commands.append(random_product(params, rng, min(weights, 1 << 20)))
        weights -= commands[-1].inputs * commands[-1].outputs
    return commands


@cocotb.test()
async def products_with_stalls(dut: Any) -> None:
    """Products of random sizes and values, every stream waiting at random."""
    seed = bench_job()["seed"]
    await _run(dut, _commands(np.random.default_rng(seed)), Stall(0.3, longest=4), seed)


@cocotb.test()
async def products_at_full_rate(dut: Any) -> None:
    """Products of random sizes and values, nothing waiting; the rate is recorded."""
    seed = bench_job()["seed"] + 1
    commands = _commands(np.random.default_rng(seed))
    transactions, seconds = await _run(dut, commands, None, seed)
    record_measurement("full_rate", {"transactions": transactions, "seconds": seconds})
