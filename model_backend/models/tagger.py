"""A tagger of our own: BiLSTM or GRU over words and their places, with a CRF. The light baseline.

Huang, Xu and Yu 2015, "Bidirectional LSTM-CRF Models for Sequence Tagging"; Lample et al. 2016,
"Neural Architectures for Named Entity Recognition", section 2 (the CRF's scores and its forward
algorithm). Instead of the single best sequence the network gives each tag's marginal probability
(forward-backward), so that windows can be merged and scores mean what they say.

The format is ours: a folder with config.json (`model_type`: proofdesk-tagger), vocab.txt and
model.safetensors.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.installed import InstalledModel
from model_backend.models.entity_network import LEAST_TOKENS, EntityNetwork
from model_backend.models.loading import at_least, config_from, fitted, impossible
from model_backend.models.word_pieces import word_pieces

CELLS: dict[str, type[nn.LSTM | nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


@dataclass(frozen=True)
class TaggerConfig:
    """The sizes; `cell` is lstm or gru, `longest` the tokens read at once."""

    vocab_size: int = 30522
    embedding_size: int = 128
    hidden_size: int = 128
    recurrent_layers: int = 2
    cell: str = "lstm"
    longest: int = 512


class LinearChain(nn.Module):
    """A linear-chain conditional random field over tags."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(labels, labels))  # from row to column
        self.starts = nn.Parameter(torch.zeros(labels))
        self.ends = nn.Parameter(torch.zeros(labels))

    def forward(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """Log marginal probabilities (B, T, L) of emissions (B, T, L); mask (B, T), 1 where a token
        counts: from the first on without gaps. Where it is 0, the emissions come back.
        """
        before = self._forward_scores(emissions, mask)  # (B, T, L)
        after = self._backward_scores(emissions, mask)  # (B, T, L)
        scores = before + after  # (B, T, L)
        marginals = scores - scores.logsumexp(-1, keepdim=True)  # (B, T, L)
        return torch.where(mask.bool()[..., None], marginals, emissions)  # (B, T, L)

    def _forward_scores(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """Log of the sum over all tags before, with this token's own: (B, T, L)."""
        alpha = self.starts + emissions[:, 0]  # (B, L)
        found = [alpha]
        for token in range(1, emissions.shape[1]):
            step = alpha[:, :, None] + self.transitions  # (B, L before, L)
            new = step.logsumexp(1) + emissions[:, token]  # (B, L)
            alpha = torch.where(mask[:, token, None].bool(), new, alpha)  # (B, L)
            found.append(alpha)
        return torch.stack(found, dim=1)  # (B, T, L)

    def _backward_scores(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """Log of the sum over all tags after, without this token's own: (B, T, L)."""
        beta = self.ends.expand(len(emissions), -1)  # (B, L)
        found = [beta]
        for token in range(emissions.shape[1] - 1, 0, -1):
            step = self.transitions + (emissions[:, token] + beta)[:, None, :]  # (B, L, L after)
            new = step.logsumexp(2)  # (B, L)
            beta = torch.where(mask[:, token, None].bool(), new, beta)  # (B, L)
            found.append(beta)
        return torch.stack(found[::-1], dim=1)  # (B, T, L)


class Tagger(nn.Module):
    """Pieces and their places, a recurrent network in both directions, the CRF."""

    def __init__(self, config: TaggerConfig, labels: int) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocab_size, config.embedding_size, padding_idx=0)
        self.places = nn.Linear(4, config.embedding_size)
        self.recurrent = CELLS[config.cell](
            config.embedding_size,
            config.hidden_size,
            num_layers=config.recurrent_layers,
            batch_first=True,
            bidirectional=True,
        )
        self.emission = nn.Linear(2 * config.hidden_size, labels)
        self.crf = LinearChain(labels)

    def forward(
        self,
        input_ids: Tensor,
        boxes: Tensor,
        attention_mask: Tensor,
        picture: Tensor | None = None,
    ) -> Tensor:
        """Log marginal probabilities; see `entity_network.Labeller`."""
        emissions = self.emissions(input_ids, boxes, attention_mask)  # (B, T, L)
        marginals: Tensor = self.crf(emissions, attention_mask)  # (B, T, L)
        return marginals

    def emissions(self, input_ids: Tensor, boxes: Tensor, attention_mask: Tensor) -> Tensor:
        """What the recurrent network says of each token by itself, (B, T, L): before the CRF."""
        places = self.places(boxes.to(self.places.weight.dtype) / 1000)  # (B, T, E)
        embedded = self.words(input_ids) + places  # (B, T, E)
        lengths = attention_mask.sum(1).cpu()  # (B,)
        packed = nn.utils.rnn.pack_padded_sequence(
            embedded, lengths, batch_first=True, enforce_sorted=False
        )
        hidden, _last = self.recurrent(packed)  # packed (B, T, 2 H)
        padded, _lengths = nn.utils.rnn.pad_packed_sequence(
            hidden, batch_first=True, total_length=input_ids.shape[1]
        )  # (B, T, 2 H)
        found: Tensor = self.emission(padded)  # (B, T, L)
        return found


def load(checkpoint: Checkpoint, model: InstalledModel) -> EntityNetwork:
    """The network of an added model; UserError where its files do not fit."""
    config = config_from(TaggerConfig, checkpoint.config)
    if config.cell not in CELLS:
        raise impossible("cell")
    at_least("longest", config.longest, LEAST_TOKENS)
    module = fitted(lambda: Tagger(config, len(model.labels)), checkpoint.weights(), title="Tagger")
    return EntityNetwork(module, word_pieces(checkpoint, config.vocab_size), config.longest)
