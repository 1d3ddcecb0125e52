# SPDX-License-Identifier: Apache-2.0
"""cocotb bench of the engine: exact products through its streams, with and without stalls."""

from typing import Any

import cocotb
import numpy as np
from tritproof.rtl.manifest import blocks
from tritproof.verif.cocotb_streams import Stopwatch, bench_job, record_measurement, transfer
from tritproof.verif.port_values import as_integers, as_rows
from tritproof.verif.random_stalls import Stall, Stalls
from tritproof.verif.streams import Result
from tritproof.verif.ternary.products import (
    OUTPUT,
    Product,
    differences,
    input_streams,
    output_beats,
    random_product,
)
from tritproof.verif.ternary.tlmm import bench_products


async def _check(
    dut: Any, params: Any, commands: list[Product], stalls: Stalls, seed: int
) -> dict[str, float]:
    """Run products, compare every output, and return transactions and seconds."""
    with Stopwatch() as watch:
        beats = input_streams(params, commands)
        inputs = {name: as_integers(rows) for name, rows in beats.items()}
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
        wrong = differences(params, commands, result)
    assert not wrong, wrong[0]
    transactions = sum(map(len, inputs.values())) + len(found)
    return {"transactions": transactions, "seconds": watch.seconds}


@cocotb.test()
async def products_with_stalls(dut: Any) -> None:
    """Products of random sizes and values, every stream waiting at random."""
    job = bench_job()
    params = blocks()["tlmm"].configs[job["config"]]
    rng = np.random.default_rng(job["seed"])
    weights = job["vectors"] * params.g * params.t * params.q // 4
    commands = []
    while weights > 0 and len(commands) < 64:
        commands.append(random_product(params, rng, min(weights, 1 << 20)))
        weights -= commands[-1].inputs * commands[-1].outputs
    stalls = Stall(0.3, longest=4)
    record_measurement("stalls", await _check(dut, params, commands, stalls, job["seed"]))


@cocotb.test()
async def products_at_full_rate(dut: Any) -> None:
    """A matrix times several rows, nothing waiting."""
    job = bench_job()
    params = blocks()["tlmm"].configs[job["config"]]
    weights, rows = bench_products(params, job["vectors"], job["seed"])
    commands = [Product(weights, row) for row in rows]
    record_measurement("full_rate", await _check(dut, params, commands, None, job["seed"]))
