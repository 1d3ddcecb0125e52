# SPDX-License-Identifier: Apache-2.0
"""Errors a user can mend: shown as one line, exit status 2, never a traceback."""


class UserError(Exception):
    """Wrong use of a command: the message names the thing, the range or place, and the remedy."""
