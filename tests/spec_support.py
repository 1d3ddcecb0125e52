# SPDX-License-Identifier: Apache-2.0
"""Random specifications over fixed inputs, and their golden functions as one module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tritproof.ref.spec import (
    Array,
    Integer,
    Specification,
    absolute,
    bits,
    golden_file,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lookup,
    maximum,
    minimum,
    select,
    signed,
    signed_bits,
    specification,
    tree_sum,
    unsigned,
)

INPUTS = {"x": signed(8), "y": unsigned(5), "z": Array(3, Integer(-5, 20)), "w": signed(40)}

_DIVISORS = (-16, -9, -3, -1, 1, 2, 3, 7, 8, 100, 1 << 33)
_CONSTANTS = (-129, -128, -8, -1, 0, 1, 2, 7, 8, 127, 128, 1 << 40)
_TABLE = (3, -7, 0, 12, -8, 1, 1, 90, -91, 4, 5)

Step = tuple[str, int, int, int]

_VALUE_STEPS: dict[str, Callable] = {
    "add": lambda a, b, c, n: a + b,
    "add_constant": lambda a, b, c, n: _CONSTANTS[n % len(_CONSTANTS)] + a,
    "subtract": lambda a, b, c, n: a - b,
    "subtract_from": lambda a, b, c, n: _CONSTANTS[n % len(_CONSTANTS)] - a,
    "multiply": lambda a, b, c, n: signed_bits(a, 70, 0) * signed_bits(b, 70, 0),
    "multiply_constant": lambda a, b, c, n: a * _CONSTANTS[n % len(_CONSTANTS)],
    "floor_divide": lambda a, b, c, n: a // _DIVISORS[n % len(_DIVISORS)],
    "modulo": lambda a, b, c, n: a % _DIVISORS[n % len(_DIVISORS)],
    "shift_left": lambda a, b, c, n: a << bits(b, 2, 0),
    "shift_right": lambda a, b, c, n: a >> bits(b, 6, 1),
    "shift_constant": lambda a, b, c, n: 5 << (a % 4) if n % 2 else a >> n,
    "negate": lambda a, b, c, n: -a,
    "absolute": lambda a, b, c, n: abs(a) if n % 2 else absolute(a),
    "minimum": lambda a, b, c, n: minimum(a, b),
    "maximum": lambda a, b, c, n: maximum(a, _CONSTANTS[n % len(_CONSTANTS)]),
    "select": lambda a, b, c, n: select(c, a, b),
    "select_constant": lambda a, b, c, n: select(c, n, a),
    "lookup": lambda a, b, c, n: lookup(_TABLE, a % len(_TABLE)),
    "lookup_part": lambda a, b, c, n: lookup(_TABLE, 2 + a % 5),
    "lookup_values": lambda a, b, c, n: lookup((b, n, a, b + 1), bits(a, 1, 0)),
    "bits": lambda a, b, c, n: bits(a, n, n // 2),
    "signed_bits": lambda a, b, c, n: signed_bits(a, n, n // 3),
    "tree_sum": lambda a, b, c, n: tree_sum((a, b, n, a, b)[:1 + n % 5]),
}
_CONDITION_STEPS: dict[str, Callable] = {
    "less": lambda a, b, p, q, n: a < b,
    "less_constant": lambda a, b, p, q, n: a < _CONSTANTS[n % len(_CONSTANTS)],
    "less_equal": lambda a, b, p, q, n: a <= b,
    "greater": lambda a, b, p, q, n: a > n,
    "greater_equal": lambda a, b, p, q, n: a >= b,
    "equal": lambda a, b, p, q, n: a == b,
    "not_equal": lambda a, b, p, q, n: a != _CONSTANTS[n % len(_CONSTANTS)],
    "logical_and": lambda a, b, p, q, n: logical_and(p, q, a < 3),
    "logical_or": lambda a, b, p, q, n: logical_or(p, q),
    "logical_xor": lambda a, b, p, q, n: logical_xor(p, q),
    "logical_not": lambda a, b, p, q, n: logical_not(p),
}
STEP_NAMES = (*_VALUE_STEPS, *_CONDITION_STEPS)


def program(steps: Sequence[Step]) -> Specification:
    """The specification that performs ``steps`` and returns its last three values.

    A step is its name, two numbers that pick operands, and a constant from 0 on.
    """
    def run(x, y, z, w):
        values, conditions = [x, y, *z, w], [x < y]
        for name, i, j, n in steps:
            a, b = values[-1 - i % len(values)], values[-1 - j % len(values)]
            p, q = conditions[-1 - i % len(conditions)], conditions[-1 - j % len(conditions)]
            if name in _VALUE_STEPS:
                values.append(_VALUE_STEPS[name](a, b, p, n))
            else:
                conditions.append(_CONDITION_STEPS[name](a, b, p, q, n))
        return values[-3:]

    return specification(INPUTS)(run)


def random_program(random: Random, length: int) -> Specification:
    """A program of ``length`` steps drawn from ``random``."""
    return program([(random.choice(STEP_NAMES), random.randrange(20), random.randrange(20),
                     random.randrange(12)) for _ in range(length)])


def every_step() -> list[Specification]:
    """Programs that perform every step with every constant, on ``x`` and ``y`` alone."""
    programs = []
    for name in STEP_NAMES:
        for first in range(0, 12, 3):
            steps: list[Step] = []
            for n in range(first, first + 3):
                values = sum(step[0] in _VALUE_STEPS for step in steps)
                steps.append((name, 5 + values, 4 + values, n))
                if name in _CONDITION_STEPS:
                    steps.append(("select", 5 + values, 4 + values, 0))
            programs.append(program(steps))
    return programs


def random_arguments(random: Random) -> tuple:
    """One value for every input, its ends more often than the rest."""
    def draw(range_: Integer) -> int:
        anywhere = random.randint(range_.low, range_.high)
        return random.choice((range_.low, range_.high, anywhere, anywhere, anywhere))

    return tuple(draw(range_) if isinstance(range_, Integer)
                 else tuple(draw(range_.element) for _ in range(range_.count))
                 for range_ in INPUTS.values())


def pack(range_: Integer | Array, value) -> int:
    """The bits of an argument of a golden function."""
    if isinstance(range_, Integer):
        return value % (1 << range_.width)
    width = range_.element.width
    return sum(pack(range_.element, v) << (width * j) for j, v in enumerate(value))


def unpack(range_: Array, packed: int) -> tuple[int, ...]:
    """The elements of an Array result of a golden function."""
    width, low = range_.element.width, range_.element.low
    elements = [(packed >> (width * j)) % (1 << width) for j in range(range_.count)]
    return tuple(e - (1 << width) if low < 0 and e >> (width - 1) else e for e in elements)


@dataclass(frozen=True)
class ModulePort:
    """A port of the module of :func:`golden_module`."""

    name: str
    direction: str
    width: int
    signed: bool = False


def golden_module(specifications: Sequence[Specification]) -> tuple[str, list[ModulePort]]:
    """A module ``top`` with an output ``r<k>`` for the golden function of each specification."""
    ports = [ModulePort(name, "in", range_.width) for name, range_ in INPUTS.items()]
    functions, assigns = [], []
    for k, spec in enumerate(specifications):
        ports.append(ModulePort(f"r{k}", "out", spec.trace().result.width))
        functions.append(spec.golden(f"golden_{k}"))
        assigns.append(f"  assign r{k} = golden_{k}(x, y, z, w);")
    declared = ",\n".join(f"  {port.direction}put [{port.width - 1}:0] {port.name}"
                          for port in ports)
    body = "\n".join(assigns)
    text = f"{golden_file(functions)}module top(\n{declared}\n);\n{body}\nendmodule\n"
    return text, ports
