"""The form network as a program of onnxruntime: a page's reading in, log chances out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend.errors import UserError
from model_backend.predictors.form_decoding import log_shares
from model_backend.predictors.form_pieces import FormPieces, pieces_of_vocabulary
from model_backend.predictors.form_reading import FormReading, batch_of
from model_backend.predictors.form_sureness import Sureness
from model_backend.predictors.programs import KEPT, session_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

OUTPUTS = ("classes", "following", "parents")
VOCABULARY_KEY, CONFIG_KEY, SURENESS_KEY = "vocabulary", "config", "sureness"
"""Where the file says by which pieces it was trained, of which sizes the network is, and how often
it is right.
"""


@dataclass(frozen=True)
class Said:
    """What the network says of W words: log chances of classes (W, labels) and of the next word
    (W, W + 1; the last: none), and scores of parents (W, W + 1).
    """

    classes: Numbers
    following: Numbers
    parents: Numbers


def nothing_said() -> Said:
    """What is said of no words."""
    nothing = np.zeros((0, 1), np.float32)
    return Said(nothing, nothing, nothing)


def between(one: Said, other: Said) -> Said:
    """What two programs say of the same words together: the geometric mean of their chances."""
    return Said(
        log_shares(_mean(one.classes, other.classes)),
        log_shares(_mean(one.following, other.following)),
        _mean(one.parents, other.parents),
    )


def _mean(one: Numbers, other: Numbers) -> Numbers:
    return np.asarray((one + other) / 2, np.float32)


@dataclass(frozen=True)
class FormProgram:
    """A program with its vocabulary, and how often it is right."""

    session: Any
    pieces: FormPieces
    sureness: Sureness = Sureness()

    def __call__(self, reading: FormReading) -> Said:
        """What it says of a page."""
        given = dict(batch_of([reading], self.pieces.padding))
        classes, following, parents = (part[0] for part in self.session.run(list(OUTPUTS), given))
        return Said(log_shares(classes), log_shares(following), parents)


def form_program(path: Path, sha256: str = "") -> FormProgram:
    """The program of a file; UserError where it cannot be loaded."""
    return _with_pieces(session_of(path, sha256), path)


@lru_cache(maxsize=KEPT)
def _with_pieces(session: Any, path: Path) -> FormProgram:  # noqa: ANN401
    told = session.get_modelmeta().custom_metadata_map
    try:
        pieces = pieces_of_vocabulary(told[VOCABULARY_KEY])
        sureness = Sureness.from_text(told[SURENESS_KEY]) if SURENESS_KEY in told else Sureness()
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            "{file} is no model of forms. Choose one that `proofdesk train entities` made.",
            file=path,
        ) from error
    return FormProgram(session, pieces, sureness)
