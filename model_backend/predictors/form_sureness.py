"""How likely it is that what the form network proposes is right: its own chances, calibrated.

An entity's words are rarely all as sure as the network thinks, and its borders much surer; so a
logistic regression of both says how often such an entity is right (Platt 1999, "Probabilistic
Outputs for Support Vector Machines"). `training.form_sureness` fits it on drawn forms.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

from model_backend.predictors.form_decoding import Chain, Parent

HARDER = -1.0
"""Log odds: what is right less often on real forms than on the drawn ones that it was fitted to.
Chosen with FUNSD's training forms."""
NEAR_SURE = 1e-4
Factors = tuple[float, ...]


@dataclass(frozen=True)
class Sureness:
    """Log odds of being right: a constant, then factors of what the network says. As it begins, the
    network is believed.
    """

    entity: Factors = (-HARDER, 1.0, 1.0)
    question: Factors = (-HARDER, 1.0)
    header: Factors = (-HARDER, 1.0)

    def of_chain(self, chain: Chain) -> float:
        """The chance (0..1) that an entity has the right label and words."""
        return _chance(self.entity, chain_evidence(chain))

    def of_link(self, link: Parent, label: str) -> float:
        """The chance (0..1) that a link from a thing with this label is right."""
        return _chance(getattr(self, label), link_evidence(link))

    def to_text(self) -> str:
        """As it is written into the program."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_text(text: str) -> Sureness:
        """As it was written; ValueError, TypeError or KeyError where it is something else."""
        told = json.loads(text)
        return Sureness(
            *(tuple(float(one) for one in told[name]) for name in ("entity", "question", "header"))
        )


def chain_evidence(chain: Chain) -> tuple[float, float]:
    """Log odds of its label and the logarithm of its least sure border."""
    return _log_odds(chain.label_share), max(chain.border, -12.0)


def link_evidence(link: Parent) -> tuple[float]:
    """Log odds of the link."""
    return (_log_odds(link.score),)


def _log_odds(chance: float) -> float:
    held = min(1.0 - NEAR_SURE, max(NEAR_SURE, chance))
    return math.log(held / (1.0 - held))


def _chance(factors: Factors, evidence: tuple[float, ...]) -> float:
    odds = HARDER + factors[0] + sum(a * b for a, b in zip(factors[1:], evidence, strict=True))
    return 1.0 / (1.0 + math.exp(-odds))
