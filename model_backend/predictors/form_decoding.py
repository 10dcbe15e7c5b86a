"""From what the form network says to entities and links: chains of words, their labels and parents.

Plain numpy; nothing here knows of a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model_backend.predictors.form_labels import LABELS
from model_backend.predictors.form_links import ANSWER, HEADER, QUESTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

PARENTS = {ANSWER: QUESTION, QUESTION: HEADER}
"""What each label may belong to."""
SECOND = 0.3
"""A second parent is as likely as this: a value in a table answers its row and its column."""
VOTE = 3.0
"""What the rules' say of a link weighs, in log odds: as much as the network begins with."""
IMPOSSIBLE = -1e4


@dataclass(frozen=True)
class Chain:
    """An entity: its words as numbers in reading order, its label, the chance (0..1) of the label
    (the words' geometric mean), the logarithm of the chance of its least sure border.
    """

    words: tuple[int, ...]
    label: str
    label_share: float = 1.0
    border: float = 0.0


@dataclass(frozen=True)
class Parent:
    """A link between chains, as indices, from the parent to the child, with its chance."""

    start: int
    end: int
    score: float


def log_shares(scores: Numbers) -> Numbers:
    """Logarithms of the softmax over the last axis."""
    moved = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True)), np.float32)


def chains_of(classes: Numbers, following: Numbers) -> list[Chain]:
    """Entities of W words from log chances of classes (W, labels) and of the next word (W, W + 1),
    whose last column is that there is none.

    Each word has one follower, which stands later, and follows one word: of several that claim a
    word, the surest has it. The label is that which the words together make likeliest.
    """
    followers = _followers(following)
    followed = set(followers.values())
    chains = [_chain(followers, head) for head in range(len(following)) if head not in followed]
    return [_labelled(chain, classes, following) for chain in chains]


def _followers(following: Numbers) -> dict[int, int]:
    """The next word of each word that has one."""
    words = len(following)
    later = following.copy()
    later[:, :words][np.tril_indices(words)] = IMPOSSIBLE
    best = later.argmax(axis=1)
    taken: set[int] = set()
    found: dict[int, int] = {}
    for word in np.argsort(-later[np.arange(words), best], kind="stable"):
        follower = int(best[word])
        if follower < words and follower not in taken:
            taken.add(follower)
            found[int(word)] = follower
    return found


def _chain(followers: dict[int, int], head: int) -> tuple[int, ...]:
    chain = [head]
    while chain[-1] in followers:
        chain.append(followers[chain[-1]])
    return tuple(chain)


def _labelled(chain: tuple[int, ...], classes: Numbers, following: Numbers) -> Chain:
    members = list(chain)
    best = int(classes[members].sum(axis=0).argmax())
    ends = [*chain[1:], len(following)]
    borders = following[members, ends]
    share = float(np.exp(classes[members, best].mean()))
    return Chain(chain, LABELS[best], min(1.0, share), float(borders.min()))


def parents_of(
    chains: Sequence[Chain], parents: Numbers, rules: Iterable[tuple[int, int]] = ()
) -> list[Parent]:
    """Links between entities from scores (W, W + 1) of the words that begin them; the last column
    is that there is none. Only labels that belong together are linked.

    `rules` are the links, from parent to child, that the rules make of these entities: they have a
    vote.
    """
    heads = [chain.words[0] for chain in chains]
    scores = parents[heads][:, [*heads, parents.shape[0]]]
    scores[np.arange(len(chains)), np.arange(len(chains))] = IMPOSSIBLE
    for start, end in rules:
        scores[end, start] += VOTE
    chances = np.exp(log_shares(scores))
    return [
        Parent(int(other), number, float(chances[number, other]))
        for number, chain in enumerate(chains)
        for other in np.flatnonzero(
            chances[number, :-1] >= min(SECOND, float(chances[number].max()))
        )
        if chains[int(other)].label == PARENTS.get(chain.label)
    ]
