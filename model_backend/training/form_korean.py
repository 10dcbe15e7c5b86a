"""The form network for Korean: it begins with nothing, and reads characters."""

from __future__ import annotations

import string
from collections.abc import Iterator

from model_backend.models.form_network import FormConfig
from model_backend.predictors.form_pieces import END, PADDING, START, UNKNOWN

SIGNS = "·※○●□■☐☑√₩℃〒「」『』㈜㎡㎏"
"""What Korean forms write beside letters and ASCII."""


def vocabulary() -> str:
    """One piece on each line: Hangul's 2,350 syllables of KS X 1001, ASCII, signs of forms."""
    return "\n".join((PADDING, UNKNOWN, START, END, *_characters())) + "\n"


def config() -> FormConfig:
    """A tenth of the English one: characters are few and say little alone."""
    return FormConfig(
        vocab_size=vocabulary().count("\n"),
        hidden_size=192,
        num_hidden_layers=4,
        num_attention_heads=6,
        intermediate_size=768,
        max_position_embeddings=64,
        pointing=64,
    )


def _characters() -> Iterator[str]:
    yield from string.ascii_lowercase + string.digits + string.punctuation
    yield from SIGNS
    for first in range(0xB0, 0xC9):  # rows 16 to 40 of KS X 1001
        for second in range(0xA1, 0xFF):
            yield bytes((first, second)).decode("euc_kr")
