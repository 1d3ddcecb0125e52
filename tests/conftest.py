# SPDX-License-Identifier: Apache-2.0
"""What every test starts from."""

import pytest
from tritproof.tools.prove import process


@pytest.fixture(autouse=True)
def programs_may_start():
    """A test that interrupts a run forbids further programs; the next test starts afresh."""
    process.allow()
