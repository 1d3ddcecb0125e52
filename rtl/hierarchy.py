# SPDX-License-Identifier: Apache-2.0
"""Instantiate a child block so that the converted Verilog keeps the hierarchy.

MyHDL converts a whole hierarchy into one flat module. Under :func:`kept_hierarchy` a child becomes
a user-defined piece of Verilog, the instantiation of a module that is converted on its own;
elsewhere (simulation) the child's own generators run.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block, intbv
from myhdl._block import _CallInfo
from myhdl._extractHierarchy import _UserVerilogCode
from tritproof.rtl.manifest import Block, Port

_kept = False


@contextmanager
def kept_hierarchy() -> Iterator[None]:
    """Make every :func:`instance` inside the context a Verilog instantiation."""
    global _kept
    before, _kept = _kept, True
    try:
        yield
    finally:
        _kept = before


def make_signal(port: Port) -> SignalType:
    """Return a fresh signal of the port's type: bool for one unsigned bit, else intbv.

    The port named ``rst`` is the synchronous, active-high reset.
    """
    if port.name == "rst":
        return ResetSignal(0, active=1, isasync=False)
    if port.signed:
        half = 1 << (port.width - 1)
        return Signal(intbv(0, min=-half, max=half))
    if port.width == 1:
        return Signal(bool(0))
    return Signal(intbv(0)[port.width :])


def instance(child: Block, params: Any, label: str, **signals: SignalType) -> Any:
    """Return an instance of ``child`` named ``u_<label>``, connected port by port.

    Raises ``ValueError`` when the connections are not exactly the declared ports.
    """
    ports = child.ports(params)
    declared = {port.name for port in ports}
    if declared != set(signals):
        odd = ", ".join(sorted(declared ^ set(signals)))
        raise ValueError(f"instance {label} of {child.name}: ports and connections differ in {odd}")
    if _kept:
        made = _instantiation(child, params, label, ports, signals)
    else:
        made = child.rtl(**signals, params=params)
        made.name = label
    caller = sys._getframe(1)
    if caller.f_code.co_name == "<listcomp>":
        caller = caller.f_back or caller
    _belongs_to(made, caller)
    return made


def _belongs_to(made: Any, frame: FrameType) -> None:
    """Tell MyHDL that ``made`` was instantiated in ``frame``; it looks two frames up by itself."""
    made.callinfo = _CallInfo(frame.f_code.co_name, True, {**frame.f_globals, **frame.f_locals})
    made.modctxt = True


@block
def _empty() -> Any:
    return ()


def _instantiation(
    child: Block, params: Any, label: str, ports: tuple[Port, ...], signals: dict
) -> Any:
    made = _empty()
    made.name = label
    made.symdict = dict(signals)
    made.sigdict = dict(signals)
    for port in ports:
        signal = signals[port.name]
        signal._markUsed()
        if port.direction == "out":
            signal.driven = "wire"
        signal.read = True  # of an output that nothing reads, the audit speaks
    connections = ",\n".join(f"    .{port.name}(${{{port.name}}})" for port in ports)
    code = f"{child.part_name(params)} u_{label} (\n{connections}\n);"
    made.verilog_code = _UserVerilogCode(code, made.symdict, child.name, child.rtl, __file__, 0)
    return made
