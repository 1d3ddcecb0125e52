# SPDX-License-Identifier: Apache-2.0
"""The stream rules every block obeys, stated once (AXI4-Stream).

1. A beat moves in a cycle in which ``tvalid`` and ``tready`` are both high.
2. Once ``tvalid`` is high it stays high, with the same ``tdata``, ``tlast`` and ``tkeep``, until
   the beat moves.
3. ``tvalid`` never waits for ``tready``; ``tready`` may wait for ``tvalid``.
4. During reset no beat moves.
"""


def whole_bytes(bits: int) -> int:
    """Return the smallest multiple of 8 that holds ``bits``: public ``tdata`` is whole bytes."""
    return -(-bits // 8) * 8
