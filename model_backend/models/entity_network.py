"""What every network that labels words is: pieces, boxes and a picture in, logits out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from model_backend.models.word_pieces import WordPieces

Box1000 = tuple[int, int, int, int]
"""x0, y0, x1, y1 in thousandths of the page."""
ZERO: Box1000 = (0, 0, 0, 0)
LEAST_TOKENS, LEAST_PLACES = 8, 1001
"""Tokens at once, and coordinates 0..1000, that a network must be able to read."""
WHOLE: Box1000 = (1000, 1000, 1000, 1000)


class Labeller(Protocol):
    """The network itself. Shapes: B windows of T tokens, L labels."""

    def __call__(
        self, input_ids: Tensor, boxes: Tensor, attention_mask: Tensor, picture: Tensor | None
    ) -> Tensor:
        """Logits (B, T, L) of input_ids (B, T), boxes (B, T, 4) in 0..1000, attention_mask (B, T;
        1: counts) and, where it is wanted, picture (B, 3, 224, 224; blue, green, red, 0..255).
        """
        ...


@dataclass(frozen=True)
class EntityNetwork:
    """A network with what its input must look like; `longest` counts the special tokens too."""

    module: nn.Module
    pieces: WordPieces
    longest: int
    start_box: Box1000 = ZERO
    end_box: Box1000 = ZERO
    wants_picture: bool = False
