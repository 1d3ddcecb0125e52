# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a specification, or with the values given to one."""


class RangeError(ValueError):
    """A value may leave the range it must stay in.

    The message names the specification function, the expression, the interval it lies in, the
    interval it must stay in, and the remedy.
    """


class SpecificationError(TypeError):
    """The function uses something that only some of the readings understand."""
