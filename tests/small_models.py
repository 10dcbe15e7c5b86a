"""Small checkpoints in the layout that their authors publish, with random weights."""

# ruff: noqa: ANN401 - networks of three libraries, and their own options

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

LABELS = ("O", "B-QUESTION", "I-QUESTION", "B-ANSWER", "I-ANSWER")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.:,-/()$%&#@'"
VOCABULARY = (
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "name", "date", "total", "##s",
    *LETTERS, *(f"##{letter}" for letter in LETTERS),
)  # fmt: skip
SIZES: dict[str, Any] = {
    "vocab_size": len(VOCABULARY),
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
    "id2label": dict(enumerate(LABELS)),
    "label2id": {label: number for number, label in enumerate(LABELS)},
}
EYES = {
    "MODEL.RESNETS.DEPTH": 50,
    "MODEL.RESNETS.NUM_GROUPS": 2,
    "MODEL.RESNETS.WIDTH_PER_GROUP": 4,
    "MODEL.RESNETS.STEM_OUT_CHANNELS": 8,
    "MODEL.RESNETS.RES2_OUT_CHANNELS": 16,
    "MODEL.FPN.OUT_CHANNELS": 12,
}


def write_vocabulary(folder: Path) -> None:
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")


def saved(network: Any, folder: Path) -> Any:
    """The transformers network, saved as its authors do, with random weights that matter."""
    import torch

    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for value in network.state_dict().values():
            if value.is_floating_point():
                value.copy_(torch.randn(value.shape, generator=generator) * 0.3)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stderr(io.StringIO()):
        network.save_pretrained(folder)
    write_vocabulary(folder)
    return network.eval()


def small_bert(folder: Path, **sizes: Any) -> Any:
    from transformers import BertConfig, BertForTokenClassification

    return saved(BertForTokenClassification(BertConfig(**{**SIZES, **sizes})), folder)


def small_layoutlm(folder: Path, **sizes: Any) -> Any:
    from transformers import LayoutLMConfig, LayoutLMForTokenClassification

    return saved(LayoutLMForTokenClassification(LayoutLMConfig(**{**SIZES, **sizes})), folder)


def small_layoutlmv2(folder: Path) -> Any:
    """Our own module's weights under the published names, as transformers cannot build one."""
    import torch
    from safetensors.torch import save_file

    from model_backend.models import layoutlmv2
    from model_backend.models.resnext_fpn import resnext_config

    sizes = {key: value for key, value in SIZES.items() if "label" not in key}
    config = layoutlmv2.LayoutLMv2Config(**{**sizes, "coordinate_size": 4, "shape_size": 4})
    network = layoutlmv2.LayoutLMv2(config, resnext_config(EYES), len(LABELS)).eval()
    generator = torch.Generator().manual_seed(7)
    state = network.state_dict()
    with torch.no_grad():
        for key, value in state.items():
            noise = torch.randn(value.shape, generator=generator)
            is_spread = key.endswith("running_var")
            value.copy_(noise.abs() + 0.5 if is_spread else noise * 0.1)
    folder.mkdir(parents=True)
    save_file(state, folder / "model.safetensors")
    extra = {"model_type": "layoutlmv2", "coordinate_size": 4, "shape_size": 4}
    text = json.dumps({**SIZES, **extra, "detectron2_config_args": EYES})
    (folder / "config.json").write_text(text, encoding="utf-8")
    write_vocabulary(folder)
    return network


def small_tagger(folder: Path, cell: str = "lstm") -> Any:
    import torch
    from safetensors.torch import save_file

    from model_backend.models.tagger import Tagger, TaggerConfig

    sizes = {"vocab_size": len(VOCABULARY), "embedding_size": 12, "hidden_size": 10, "longest": 64}
    torch.manual_seed(3)
    network = Tagger(TaggerConfig(**sizes, cell=cell), len(LABELS)).eval()
    with torch.no_grad():
        for value in (network.crf.transitions, network.crf.starts, network.crf.ends):
            value.normal_()
    folder.mkdir(parents=True)
    save_file(network.state_dict(), folder / "model.safetensors")
    config = {
        "model_type": "proofdesk-tagger",
        **sizes,
        "cell": cell,
        "id2label": SIZES["id2label"],
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    write_vocabulary(folder)
    return network
