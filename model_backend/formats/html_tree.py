"""The elements of an HTML file from elsewhere: limited in depth and number; nothing is fetched or
expanded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from model_backend.errors import UserError

MAXIMUM_DEPTH = 64
MAXIMUM_ELEMENTS = 200_000
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source")
    + ("track", "wbr")
)


@dataclass
class Node:
    """An element with its classes, the properties of its title, its parts and its text."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names of its class attribute."""
        return self.attributes.get("class", "").split()

    def all(self) -> Iterable[Node]:
        """The element and everything in it."""
        yield self
        for part in self.parts:
            yield from part.all()

    def of(self, names: Iterable[str]) -> str:
        """The first of its classes that is one of these."""
        return next((name for name in self.classes if name in names), "")


class Tree(HTMLParser):
    """The elements of an HTML file; Python's parser fetches and expands nothing."""

    def __init__(self, file: Path, of_text: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._of_text = of_text
        self.file, self.root = file, Node("root")
        self._open = [self.root]
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._count += 1
        if self._count > MAXIMUM_ELEMENTS or len(self._open) > MAXIMUM_DEPTH:
            raise UserError(
                "The file {file} is nested too deeply or has too many elements to be an annotation."
                " Check where it comes from.",
                file=self.file,
            )
        node = Node(tag, {key: value or "" for key, value in attrs})
        self._open[-1].parts.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that is closed at once."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """An element ends, with everything in it that was left open."""
        places = [place for place, node in enumerate(self._open) if place and node.name == tag]
        if places:
            del self._open[places[-1] :]

    def handle_data(self, data: str) -> None:
        """Text belongs to every element around it of the classes that hold text."""
        for node in self._open[1:]:
            if node.of(self._of_text):
                node.texts.append(data)
