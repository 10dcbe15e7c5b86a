"""Independent readers of exported PAGE, ALTO and hOCR files: they share nothing with the writers
and look for every word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from model_backend.document import Box, Page
from model_backend.quality.read_back import fail

_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
Sides = tuple[float, ...]


def _key(text: str) -> str:
    """The text without what files may lose: white space and control characters."""
    return _UNSEEN.sub("", text)


def _compare(file: Path, found: Iterable[tuple[str, Box]], page: Page) -> None:
    """Every word of the page is there with its text, and no box is off by more than a pixel."""
    wanted = sorted((_key(word.text), _sides(word.box)) for word in page.words)
    there = sorted((_key(text), _sides(box)) for text, box in found)
    if Counter(text for text, _ in wanted) != Counter(text for text, _ in there):
        fail(file, f"{len(there)} words of {len(wanted)}, or their texts")
    missing = Counter(map(_rounded, wanted)) - Counter(map(_rounded, there))
    extra = list((Counter(map(_rounded, there)) - Counter(map(_rounded, wanted))).elements())
    for text, sides in missing.elements():
        near = (other for other in extra if other[0] == text and _are_near(sides, other[1]))
        found_one = next(near, None)
        if found_one is None:
            fail(file, f"box of the word {text[:40]!r}")
        extra.remove(found_one)


def _rounded(word: tuple[str, Sides]) -> tuple[str, Sides]:
    return word[0], tuple(float(round(max(side, 0.0))) for side in word[1])


def _are_near(one: Sides, other: Sides) -> bool:
    return all(abs(a - b) <= 1.01 for a, b in zip(one, other, strict=True))


def _sides(box: Box) -> Sides:
    box = box.normalized()
    return (box.x0, box.y0, box.x1, box.y1)


def check_page_xml(file: Path, page: Page) -> None:
    """Read words, or lines that have none, with their outlines."""
    root = ElementTree.parse(file).getroot()
    spaces = {"p": root.tag[1:].partition("}")[0]}
    top = root.find("p:Page", spaces)
    if top is None:
        fail(file, "Page")
    size = (round(float(top.get("imageWidth", 0))), round(float(top.get("imageHeight", 0))))
    if max(abs(size[0] - page.width), abs(size[1] - page.height)) > 1:
        fail(file, "size of the page")
    found: list[tuple[str, Box]] = []
    for line in top.iterfind(".//p:TextLine", spaces):
        words = line.findall("p:Word", spaces)
        for item in words or [line]:
            text = item.findtext("p:TextEquiv/p:Unicode", None, spaces)
            if text is None and not words:
                continue
            found.append((text or "", _outline(file, item.find("p:Coords", spaces))))
    _compare(file, found, page)
    relations = len(top.findall("p:Relations/p:Relation", spaces))
    if relations != len(page.relations):
        fail(file, "relations")


def _outline(file: Path, coords: ElementTree.Element | None) -> Box:
    if coords is None:
        fail(file, "Coords")
    points = [point.split(",") for point in coords.get("points", "").split()]
    xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def check_alto(file: Path, page: Page) -> None:
    """Read the strings with their places."""
    root = ElementTree.parse(file).getroot()
    space = root.tag.partition("}")[0] + "}"
    top = root.find(f"{space}Layout/{space}Page")
    if top is None or root.findtext(f"{space}Description/{space}MeasurementUnit") != "pixel":
        fail(file, "Page or unit")
    size = (float(top.get("WIDTH", 0)), float(top.get("HEIGHT", 0)))
    if max(abs(size[0] - page.width), abs(size[1] - page.height)) > 1:
        fail(file, "size of the page")
    found = []
    for item in top.iter(f"{space}String"):
        left, top_side, width, height = (
            float(item.get(key, "nan")) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
        )
        box = Box(left, top_side, left + width, top_side + height)
        found.append((item.get("CONTENT", ""), box))
    _compare(file, found, page)


class _Spans(HTMLParser):
    """The words of an hOCR file with their boxes; lines without words stand for one."""

    def __init__(self) -> None:
        super().__init__()
        self.size = (0.0, 0.0)
        self.found: list[tuple[str, Box]] = []
        self._texts: list[tuple[str, list[str], Box, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A page, line or word begins."""
        given = {key: value or "" for key, value in attrs}
        kind = given.get("class", "")
        match = re.search(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)(?=;|$)", given.get("title", ""))
        box = Box(*map(float, match.groups())) if match else Box(0, 0, 0, 0)
        if kind == "ocr_page":
            self.size = (box.x1, box.y1)
        if tag == "span":
            self._texts.append((kind, [], box, len(self.found)))

    def handle_endtag(self, tag: str) -> None:
        """A line or word ends."""
        if tag == "span" and self._texts:
            kind, texts, box, before = self._texts.pop()
            is_bare = len(self.found) == before and bool("".join(texts).strip())
            if kind == "ocrx_word" or is_bare:
                self.found.append(("".join(texts), box))

    def handle_data(self, data: str) -> None:
        """Text of the innermost line or word."""
        if self._texts:
            self._texts[-1][1].append(data)


def check_hocr(file: Path, page: Page) -> None:
    """Read the words with their boxes."""
    spans = _Spans()
    spans.feed(file.read_text("utf-8"))
    spans.close()
    if max(abs(spans.size[0] - page.width), abs(spans.size[1] - page.height)) > 1:
        fail(file, "size of the page")
    _compare(file, spans.found, page)
