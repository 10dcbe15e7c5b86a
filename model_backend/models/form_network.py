"""An encoder of words and their places that reads a form: classes, boundaries, links.

After Xu et al. 2020, "LayoutLM", and 2021, "LayoutLMv2" (2-D positions; spatial bias in attention);
the encoder is BERT's (Devlin et al. 2019) in the size of MiniLM (Wang et al. 2020), whose weights
it may start from. Words point to the next word of their entity and entities to the one they belong
to, each by a bilinear score with a bias from how the two lie to each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

NEW = 0.003
"""Standard deviation of embeddings that the encoder was not trained with: larger ones drown it."""
PLACES = 64
"""Steps of an absolute coordinate."""
STEPS = 33
"""Steps of a relative distance, the middle one being none."""
FINEST, FARTHEST = 0.25, 64.0
"""The shortest and the longest distance that are told apart, in text heights."""
SHARES, TRUST = 10, 1.0
"""The first sign that is the rules' log share of a label, and the weight of these at first."""
TRUSTED = (5.0, 5.0, 3.0, 2.0)
"""What it weighs at first that the rules name a next word, none, a parent, none."""
PAIR = 24
"""Numbers that tell how two words lie to each other."""


@dataclass(frozen=True)
class FormConfig:
    """The sizes; `signs` are the numbers told of each word, `pointing` those of a pointer."""

    vocab_size: int = 30522
    hidden_size: int = 384
    num_hidden_layers: int = 6
    num_attention_heads: int = 12
    intermediate_size: int = 1536
    max_position_embeddings: int = 512
    layer_norm_eps: float = 1e-12
    signs: int = 20
    labels: int = 4
    pointing: int = 128
    dropout: float = 0.1


def step_of(distance: Tensor) -> Tensor:
    """The step (0..STEPS-1) of signed distances in text heights, finer near zero."""
    half = STEPS // 2
    size = distance.abs() / FINEST
    most = math.log1p(FARTHEST / FINEST)
    steps = (torch.log1p(size) * (half / most)).round().clamp(max=half)
    return (half + torch.sign(distance) * steps).long()


class Layout(nn.Module):
    """How words lie to each other, as PAIR numbers of each two."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Embedding(STEPS, PAIR)
        self.gap = nn.Embedding(STEPS, PAIR)
        self.down = nn.Embedding(STEPS, PAIR)

    def forward(self, boxes: Tensor) -> Tensor:
        """(B, W, W, PAIR) of boxes (B, W, 4): [:, i, j] tells where j is seen from i."""
        left, right = boxes[..., 0], boxes[..., 2]  # (B, W)
        middle = (boxes[..., 1] + boxes[..., 3]) / 2  # (B, W)
        dx = left[:, None, :] - left[:, :, None]  # (B, W, W)
        gap = left[:, None, :] - right[:, :, None]  # (B, W, W)
        dy = middle[:, None, :] - middle[:, :, None]  # (B, W, W)
        told = self.left(step_of(dx)) + self.gap(step_of(gap)) + self.down(step_of(dy))
        return functional.gelu(told)  # (B, W, W, PAIR)


class Layer(nn.Module):
    """One layer of BERT, its attention biased by place."""

    def __init__(self, config: FormConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.heads = config.num_attention_heads
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.output = nn.Linear(size, size)
        self.attention_norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.wide = nn.Linear(size, config.intermediate_size)
        self.narrow = nn.Linear(config.intermediate_size, size)
        self.norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """hidden (B, T, H); bias (B, heads, T, T) is added to the scores of attention."""
        q, k, v = (self._split(part(hidden)) for part in (self.query, self.key, self.value))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + bias  # (B, heads, T, T)
        mixed = scores.softmax(-1) @ v  # (B, heads, T, H / heads)
        joined = mixed.transpose(1, 2).flatten(2)  # (B, T, H)
        hidden = self.attention_norm(hidden + self.dropout(self.output(joined)))  # (B, T, H)
        thought = self.narrow(functional.gelu(self.wide(hidden)))  # (B, T, H)
        kept: Tensor = self.norm(hidden + self.dropout(thought))  # (B, T, H)
        return kept

    def _split(self, projected: Tensor) -> Tensor:
        count, pieces, size = projected.shape
        parts = projected.view(count, pieces, self.heads, size // self.heads)
        return parts.transpose(1, 2)  # (B, heads, T, H / heads)


class Pointer(nn.Module):
    """Scores of each word pointing to each other one, and of pointing nowhere."""

    def __init__(self, config: FormConfig) -> None:
        super().__init__()
        self.query = nn.Linear(config.hidden_size, config.pointing)
        self.key = nn.Linear(config.hidden_size, config.pointing)
        self.nowhere = nn.Linear(config.hidden_size, 1)
        self.place = nn.Linear(PAIR, 1, bias=False)

    def forward(self, words: Tensor, layout: Tensor) -> Tensor:
        """(B, W, W + 1) of words (B, W, H) and layout (B, W, W, PAIR); the last is nowhere."""
        q, k = self.query(words), self.key(words)  # (B, W, P)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])  # (B, W, W)
        scores = scores + self.place(layout).squeeze(-1)  # (B, W, W)
        return torch.cat([scores, self.nowhere(words)], dim=-1)  # (B, W, W + 1)


class FormNetwork(nn.Module):
    """The network. Shapes: B pages of T pieces and W words."""

    def __init__(self, config: FormConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.config = config
        self.words = nn.Embedding(config.vocab_size, size)
        self.positions = nn.Embedding(config.max_position_embeddings, size)
        self.places = nn.ModuleList(nn.Embedding(PLACES, size) for _ in range(4))
        self.sizes = nn.ModuleList(nn.Embedding(STEPS, size) for _ in range(2))
        self.signs = nn.Linear(config.signs, size)
        self.norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.dropout)
        self.layout = Layout()
        self.bias = nn.Linear(PAIR, config.num_attention_heads, bias=False)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.classes = nn.Linear(size, config.labels)
        self.class_signs = nn.Linear(config.signs, config.labels, bias=False)
        self.next, self.parent = Pointer(config), Pointer(config)
        self.rules = nn.Parameter(torch.tensor(TRUSTED))
        self._begin()

    def _begin(self) -> None:
        """New parts say little at first, so that what the encoder knows is not drowned; of classes
        and links it says at first what the rules say.
        """
        for embedding in (*self.places, *self.sizes, self.signs):
            nn.init.normal_(embedding.weight, std=NEW)
        nn.init.zeros_(self.signs.bias)
        nn.init.zeros_(self.class_signs.weight)
        with torch.no_grad():
            shares = self.class_signs.weight[:, SHARES : SHARES + self.config.labels]
            shares.fill_diagonal_(TRUST)
        for part in (self.bias, self.next.place, self.parent.place):
            nn.init.normal_(part.weight, std=0.02)

    def forward(
        self,
        ids: Tensor,
        word_of: Tensor,
        mask: Tensor,
        first: Tensor,
        boxes: Tensor,
        size: Tensor,
        signs: Tensor,
        follows: Tensor,
        belongs: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of classes (B, W, L), of the next word (B, W, W + 1) and of the parent (B, W, W +
        1), whose last is none; the arguments are those of `form_reading.batch_of`.
        """
        layout = self.layout(boxes)  # (B, W, W, PAIR)
        hidden = self._embedded(ids, word_of, boxes, size, signs)  # (B, T, H)
        bias = self._bias(layout, word_of, mask)  # (B, heads, T, T)
        for layer in self.layers:
            hidden = layer(hidden, bias)  # (B, T, H)
        index = first[..., None].expand(-1, -1, hidden.shape[-1])  # (B, W, H)
        words = self.dropout(hidden.gather(1, index))  # (B, W, H)
        classes = self.classes(words) + self.class_signs(signs)  # (B, W, L)
        following = self.next(words, layout) + said_by_rules(follows, self.rules[:2])
        parents = self.parent(words, layout) + said_by_rules(belongs, self.rules[2:])
        return classes, following, parents

    def _embedded(
        self, ids: Tensor, word_of: Tensor, boxes: Tensor, size: Tensor, signs: Tensor
    ) -> Tensor:
        """(B, T, H): pieces, their order, and what is known of their word."""
        page = torch.cat([size, size], dim=-1)[:, None, :]  # (B, 1, 4)
        steps = (boxes / page * PLACES).long().clamp(0, PLACES - 1)  # (B, W, 4)
        known = self.signs(signs)  # (B, W, H)
        for number, embedding in enumerate(self.places):
            known = known + embedding(steps[..., number])  # (B, W, H)
        for number, embedding in enumerate(self.sizes):
            known = known + embedding(step_of(boxes[..., number + 2] - boxes[..., number]))
        known = functional.pad(known, (0, 0, 0, 1))  # (B, W + 1, H)
        index = word_of[..., None].expand(-1, -1, known.shape[-1])  # (B, T, H)
        order = torch.arange(ids.shape[1], device=ids.device) % self.positions.num_embeddings
        embedded = self.words(ids) + self.positions(order) + known.gather(1, index)  # (B, T, H)
        kept: Tensor = self.dropout(self.norm(embedded))  # (B, T, H)
        return kept

    def _bias(self, layout: Tensor, word_of: Tensor, mask: Tensor) -> Tensor:
        """(B, heads, T, T): how words of pieces lie to each other; nothing looks at padding."""
        bias = functional.pad(self.bias(layout), (0, 0, 0, 1, 0, 1))  # (B, W + 1, W + 1, heads)
        count, width = bias.shape[0], bias.shape[2]
        page = torch.arange(count, device=word_of.device)[:, None, None]  # (B, 1, 1)
        rows = (page * width + word_of[:, :, None]) * width + word_of[:, None, :]  # (B, T, T)
        wide = functional.embedding(rows, bias.flatten(0, 2)).permute(
            0, 3, 1, 2
        )  # (B, heads, T, T)
        return wide.masked_fill(~mask.bool()[:, None, None, :], -1e4)  # (B, heads, T, T)


def said_by_rules(told: Tensor, weights: Tensor) -> Tensor:
    """(B, W, W + 1): weights (2,) where the rules name a word, or none; told (B, W) is its number,
    -1 for none and -2 where they say nothing.
    """
    words = told.shape[1]
    places = torch.where(told < 0, words, told)  # (B, W)
    said = functional.one_hot(places, words + 1).to(weights.dtype)  # (B, W, W + 1)
    said = said * (told > -2)[..., None]  # (B, W, W + 1)
    return torch.cat([said[..., :-1] * weights[0], said[..., -1:] * weights[1]], dim=-1)
