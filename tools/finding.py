# SPDX-License-Identifier: Apache-2.0
"""What the lint of MyHDL sources and the audit of emitted Verilog report."""

import dataclasses


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: ``rule`` is its stable name, ``message`` says why and the remedy.

    ``line`` counts from 1; 0 means the whole file.
    """

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"
