# SPDX-License-Identifier: Apache-2.0
"""Scales of ternary matrices: where files keep them, and whether they multiply or divide.

Block formats multiply by definition, and so do files written here. In others both conventions are
met, even between programs of one project: the user says which it is.
"""

import dataclasses

import numpy as np
from tritproof.ref.formats.format import Format
from tritproof.tools.errors import UserError
from tritproof.tools.importers.files import error
from tritproof.tools.importers.sources import Reading, Source, scale_name
from tritproof.tools.importers.tensor import Tensor

CONVENTIONS = ("multiply", "divide")


@dataclasses.dataclass(frozen=True)
class Scales:
    """Stored scales, float32[rows or 1, blocks of a row or 1], and what they do to a trit:
    ``multiply``, ``divide``, or None where neither the file nor the user says it."""

    stored: np.ndarray
    convention: str | None

    def factors(self) -> np.ndarray | None:
        """What the trits are multiplied by, if it is known."""
        if self.convention is None:
            return None
        if self.convention == "multiply":
            return self.stored
        with np.errstate(divide="ignore"):
            return np.float32(1) / self.stored


def require_convention(scale: str | None) -> None:
    """Raise UserError unless ``scale`` is a convention, or None."""
    if scale not in (None, *CONVENTIONS):
        raise UserError(f"--scale must be {' or '.join(CONVENTIONS)}, not {scale!r}")


def scales_of(
    source: Source,
    tensor: Tensor,
    reading: Reading,
    one: Format | None = None,
    inside: np.ndarray | None = None,
) -> Scales | None:
    """Return the scales of a tensor: those ``inside`` its bytes, or in a tensor of their own.

    ``one`` is the format of its bytes, None for numbers.

    Raises UserError for a convention the format does not leave open, and for scales that are no
    finite numbers, or of a shape that fits no rows.
    """
    require_convention(reading.scale)
    fixed = tensor.name in source.notes or (one is not None and one.scales == "block")
    if fixed and reading.scale == "divide":
        place = f"tensor {tensor.name}"
        raise error(source.path, "holds scales that multiply", "leave out --scale", place=place)
    convention = "multiply" if fixed else reading.scale
    if inside is not None:
        return Scales(inside, convention)
    name = scale_name(source, tensor.name)
    if name is None:
        return None
    stored = np.asarray(source.array(name), np.float32)
    wide = stored.reshape(1, 1) if stored.size == 1 else stored.reshape(-1, stored.shape[-1])
    if stored.ndim == 1 and stored.size > 1:
        wide = stored.reshape(-1, 1)
    if not wide.size or not np.isfinite(wide).all():
        problem = f"holds a scale that is no finite number, or none, of {tensor.name}"
        raise error(source.path, problem, "write or download it again", place=f"tensor {name}")
    return Scales(wide, convention)


def require_factors(source: Source, tensor: Tensor, scales: Scales) -> np.ndarray:
    """Return the factors, float32[rows or 1, blocks or 1].

    Raises UserError if it is not known what the scales do, or one of them divides and is 0.
    """
    factors = scales.factors()
    place = f"tensor {tensor.name}"
    if factors is None:
        raise error(
            source.path,
            f"does not record whether its scale {scales.stored.flat[0]:.6g} multiplies or divides",
            "name it with --scale multiply or --scale divide",
            place=place,
        )
    if not np.isfinite(factors).all():
        raise error(source.path, "divides by the scale 0", "use --scale multiply", place=place)
    return factors


def fitted(factors: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the factors as an array of ``shape``, repeated or, where all are equal, joined.

    Raises ValueError where one number would have to stand for several.
    """
    for axis, wanted in enumerate(shape):
        present = factors.shape[axis]
        if present == wanted:
            continue
        if wanted % present == 0:
            factors = factors.repeat(wanted // present, axis=axis)
        elif present % wanted == 0:
            groups = np.split(factors, wanted, axis=axis)
            first = np.concatenate([group.take([0], axis=axis) for group in groups], axis=axis)
            if not np.array_equal(first.repeat(present // wanted, axis=axis), factors):
                raise ValueError(f"{present} different scales for {wanted} places")
            factors = first
        else:
            raise ValueError(f"{present} scales for {wanted} places")
    return factors
