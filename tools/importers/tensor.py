# SPDX-License-Identifier: Apache-2.0
"""What a file says of one of its tensors."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A tensor: ``kind`` is its type in the words of the file, ``shape`` slowest dimension first.

    ``size`` is its bytes as stored, None where the file does not say; ``ggml_type`` its number in a
    GGUF file.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    size: int | None
    ggml_type: int | None = None
