# SPDX-License-Identifier: Apache-2.0
"""The parts of pyverilog the audit uses, imported without the warning its import causes.

pyverilog leaves its VERSION file open, which is an error where warnings are.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ResourceWarning)
    from pyverilog.dataflow import dataflow as flow
    from pyverilog.dataflow.bindvisitor import BindVisitor
    from pyverilog.dataflow.modulevisitor import ModuleVisitor
    from pyverilog.dataflow.signalvisitor import SignalVisitor
    from pyverilog.utils.verror import PyvError
    from pyverilog.vparser import ast as tree
    from pyverilog.vparser.parser import ParseError, VerilogParser

__all__ = [
    "BindVisitor",
    "ModuleVisitor",
    "ParseError",
    "PyvError",
    "SignalVisitor",
    "VerilogParser",
    "flow",
    "tree",
]
