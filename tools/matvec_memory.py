# SPDX-License-Identifier: Apache-2.0
"""The engine fed from memory: which formats it reads, and which matrices fit its buffer."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tritproof.rtl.manifest import blocks
from tritproof.tools.convert import params_of
from tritproof.tools.errors import UserError
from tritproof.verif.buffer import packed_tlmm
from tritproof.verif.ternary import tlmm
from tritproof.verif.ternary.tlmm import Multiplied

ENGINE, FED_ENGINE = "tlmm", "packed_tlmm"


@dataclasses.dataclass(frozen=True)
class Target:
    """What is simulated: a block at a configuration, and how it multiplies, in ``multiply``."""

    block: str
    config: str
    multiply: Callable[..., Multiplied]

    @property
    def params(self) -> Any:
        """The parameters of the block."""
        return params_of(blocks()[self.block], self.config)


def target_of(config: str, memory: str | None) -> Target:
    """Return the engine at a configuration, or that engine fed from memory with a format.

    Raises UserError as ``fed_config``.
    """
    if memory is None:
        return Target(ENGINE, config, tlmm.multiply)
    return Target(FED_ENGINE, fed_config(memory, config), packed_tlmm.multiply)


def fed_config(memory: str, config: str) -> str:
    """Return the configuration of the fed engine for weights that lie in memory in a format.

    Raises UserError for a format that the engine at ``config`` is not fed with.
    """
    engine = params_of(blocks()[ENGINE], config)
    configs = {
        params.unpack.format: name
        for name, params in blocks()[FED_ENGINE].configs.items()
        if params.engine == engine
    }
    if memory not in configs:
        listed = ", ".join(sorted(configs)) or "no format"
        raise UserError(f"{ENGINE} {config} is fed from memory with {listed}, not {memory!r}")
    return configs[memory]


def check_buffer(params: Any, outputs: int, inputs: int, rows: int, path: str | Path) -> None:
    """Raise UserError if the buffer has no room for a matrix, or counts fewer rows."""
    if packed_tlmm.takes(params, outputs, inputs, rows):
        return
    buffer = params.buffer
    deep, wide = buffer.most_steps * params.word_trits, buffer.outputs
    flat, widest = buffer.groups * params.word_trits, buffer.most_beats * buffer.q
    raise UserError(
        f"{path}: {rows} rows of {outputs} outputs and {inputs} inputs: the buffer takes up to "
        f"65,535 rows, and {wide} outputs of {deep} inputs or {widest} of {flat}; "
        "leave out --memory, or split the matrix by outputs"
    )
