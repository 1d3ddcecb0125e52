# SPDX-License-Identifier: Apache-2.0
"""An engine without hardware: what the stream contract says, read bit by bit."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tritproof.ref.ternary.codes import code_width, decode
from tritproof.verif.streams import Result

Spoil = Callable[[dict[str, np.ndarray]], None]


class ContractEngine:
    """Decodes commands, activations and codes from the stream bits one by one and adds up.

    ``spoil`` may change data, last and keep before they are returned.
    """

    def __init__(self, params: Any, spoil: Spoil | None = None) -> None:
        self.params, self.spoil = params, spoil
        self.calls: list[dict[str, Any]] = []

    def run(self, inputs: dict[str, np.ndarray], **options: Any) -> Result:
        self.calls.append(options)
        p = self.params
        commands = [int.from_bytes(beat.tobytes(), "little") for beat in inputs["s_axis_command"]]
        activations = iter(inputs["s_axis_activation"])
        weights = iter(inputs["s_axis_weight"])
        lane_bytes = p.lane_width // 8
        data, last, keep = [], [], []
        for command in commands:
            outputs, count = command >> 16, command & 0xFFFF
            row = [int(a) for _ in range(-(-count // p.g)) for a in next(activations).view(np.int8)]
            sums = self._sums(row[:count], outputs, weights)
            beats = -(-outputs // p.q)
            for k in range(beats):
                lanes = sums[k * p.q : (k + 1) * p.q]
                data.append(b"".join(s.to_bytes(lane_bytes, "little", signed=True) for s in lanes))
                last.append(k == beats - 1)
                bits = sum(
                    ((1 << lane_bytes) - 1) << lane * lane_bytes
                    for lane in range(p.q)
                    if k * p.q + lane < outputs
                )
                keep.append(bits.to_bytes(-(-p.q * lane_bytes // 8), "little"))
        assert next(activations, None) is None and next(weights, None) is None
        result = {
            "data": np.array([list(beat) for beat in data], np.uint8),
            "last": np.array(last),
            "keep": np.array([list(beat) for beat in keep], np.uint8),
        }
        if self.spoil:
            self.spoil(result)
        cycles = {"s_axis_weight": np.arange(10, 10 + len(inputs["s_axis_weight"]))}
        return Result(
            {"m_axis": result["data"]},
            {"m_axis": result["last"]},
            {"m_axis": result["keep"]},
            cycles,
            {"refused": 0},
            0,
        )

    def _sums(self, row: list[int], outputs: int, weights: Any) -> list[int]:
        p = self.params
        width = code_width(p.code_order, p.g)
        per_step = p.t * p.g
        steps, beats = -(-len(row) // per_step), -(-outputs // p.q)
        row = row + [0] * (steps * per_step - len(row))
        sums = [0] * (beats * p.q)
        for step in range(steps):
            for beat in range(beats):
                word = int.from_bytes(next(weights).tobytes(), "little")
                for lane in range(p.q):
                    for table in range(p.t):
                        code = word >> width * (lane * p.t + table) & ((1 << width) - 1)
                        trits = decode(p.code_order, p.g, np.array(code)).tolist()
                        at = (step * p.t + table) * p.g
                        group = row[at : at + p.g]
                        products = (w * a for w, a in zip(trits, group, strict=True))
                        sums[beat * p.q + lane] += sum(products)
        return sums
