# SPDX-License-Identifier: Apache-2.0
"""The evidence row: what was claimed, how it was checked, and with what result."""

import dataclasses
from typing import Any

STATUSES = ("PASS", "SAMPLED", "FAIL", "UNKNOWN", "ERROR")


@dataclasses.dataclass
class Evidence:
    """One block x configuration x task.

    `status` is PASS (concluded, not vacuous, confirmed), SAMPLED (no fault in a sample of the
    inputs, which proves nothing), FAIL (violated, or a guard or cover that cannot be reached),
    UNKNOWN (no answer in time, or a failed induction step) or ERROR (a tool
    failed or the job checks nothing). `seconds` is wall-clock time; of the original run when
    `cached`. `engines` lists every solver that answered, with its time, as `yices 1.2; z3 3.0`.
    `properties` counts assertions (cover statements in a cover task), `covers` the covers reached,
    `vacuity` says what was found about assumptions and guards, `digest` is that of the Verilog.
    `counterexample` is the trace's inputs, one dict per clock cycle, as a Python literal.
    """

    block: str
    config: str
    task: str
    method: str
    status: str = "ERROR"
    seconds: float = 0.0
    engines: str = ""
    properties: int = 0
    covers: int = 0
    vacuity: str = ""
    digest: str = ""
    reason: str = ""
    violated: str = ""
    waveform: str = ""
    counterexample: str = ""
    replay: str = ""
    log: str = ""
    cached: bool = False

    def record(self) -> dict[str, Any]:
        """Return the row as a flat, JSON-able dict."""
        return dataclasses.asdict(self)

    def conclude(self, status: str, reason: str = "") -> "Evidence":
        """Set the verdict and its reason, and return the row."""
        assert status in STATUSES
        self.status, self.reason = status, reason
        return self

    def add_engine(self, solver: str, seconds: float) -> None:
        """Note that `solver` gave an answer after `seconds`."""
        row = f"{solver} {seconds:.1f}"
        self.engines = f"{self.engines}; {row}" if self.engines else row
