"""What an import brought, for its report."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from model_backend.translation import mark

EMPTY_FOLDER = mark("There is no PDF or picture in this folder.")


@dataclass
class Imported:
    """What an import brought, and what it noticed.

    `locked` are files whose password is needed, `empty` folders without documents, and `refused`
    what could not be taken in before the import was stopped, with the reasons.
    """

    documents: int = 0
    known: int = 0
    pages: int = 0
    words: int = 0
    annotations: int = 0
    locked: list[Path] = field(default_factory=list)
    empty: list[Path] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def note(self, label: str, problem: str, *, about: str | None = None) -> None:
        """Tell of a problem; once where it is about the same thing, which is `label` by itself."""
        key = (label if about is None else about, problem)
        if key not in self._told:
            self._told.add(key)
            self.notes.append((label, problem))

    def add(self, other: Imported) -> None:
        """Count what a further import brought."""
        self.documents += other.documents
        self.known += other.known
        self.pages += other.pages
        self.words += other.words
        self.annotations += other.annotations
        self.notes += other.notes
        self.empty += other.empty
        self.refused += other.refused
