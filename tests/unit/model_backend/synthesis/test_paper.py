"""The fast sheet of paper: a word's box is the ink of its letters, no more and no less."""

from __future__ import annotations

import numpy as np
import pytest

from model_backend.document import Box
from model_backend.synthesis.faces import BUILT_IN, available, face
from model_backend.synthesis.paper import Paper, Pen

DPI = 288.0
SCALE = DPI / 72


def ink(paper: Paper) -> Box:
    """The box of all that was printed, in points."""
    dark = np.asarray(paper.picture(DPI).convert("L")) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    pixels = Box(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return pixels.scaled(1 / SCALE, 1 / SCALE)


@pytest.mark.parametrize(
    "pen",
    [
        Pen("helv", 12),
        Pen("cour", 9.3),
        Pen("tibi", 20),
        Pen("tiro", 11, stretch=0.8),
        Pen("cobo", 12, spacing=0.2),
        Pen("hebo", 16, weight=1.2),
        *(Pen(name, 13) for name in available("dejavu", "dejavu-serif", "dejavu-mono")),
    ],
)
def test_box_of_a_word_is_its_ink(pen: Pen) -> None:
    paper = Paper()
    paper.word((100.0, 200.0), "Signed,jpQ(8)", pen)
    seen, said = ink(paper), paper.words[0].box
    for name in ("x0", "y0", "x1", "y1"):
        assert getattr(said, name) == pytest.approx(getattr(seen, name), abs=0.5)


def test_box_of_a_leaning_word_holds_its_ink() -> None:
    paper = Paper()
    paper.word((100.0, 200.0), "Signed,jpQ(8)", Pen("helv", 14, slant=0.3))
    seen, said = ink(paper), paper.words[0].box
    assert said.grown(0.5).union(seen) == said.grown(0.5)
    assert seen.area > 0.9 * said.area


def test_box_of_a_korean_word_is_its_ink() -> None:
    paper = Paper()
    paper.word((100.0, 200.0), "신청인", Pen("korea", 14))
    seen, said = ink(paper), paper.words[0].box
    assert said.grown(0.6).union(seen) == said.grown(0.6)
    assert seen.area > 0.8 * said.area


def test_word_written_downwards_has_the_box_of_its_ink() -> None:
    paper = Paper()
    paper.word_down((300.0, 200.0), "6207A", Pen("hebo", 15))
    seen, said = ink(paper), paper.words[0].box
    assert said.height > 2 * said.width
    for name in ("x0", "y0", "x1", "y1"):
        assert getattr(said, name) == pytest.approx(getattr(seen, name), abs=0.5)


def test_words_of_a_line_stand_apart_by_a_blank() -> None:
    paper, pen = Paper(), Pen("helv", 10)
    ids = paper.text((50.0, 50.0), "Date of Birth:", pen)
    boxes = [word.box for word in paper.words]
    assert [word.text for word in paper.words] == ["Date", "of", "Birth:"]
    assert ids == tuple(word.id for word in paper.words)
    for left, right in zip(boxes, boxes[1:], strict=False):
        assert right.x0 - left.x1 == pytest.approx(pen.width(" "), abs=1.2)


def test_word_without_ink_is_refused() -> None:
    with pytest.raises(ValueError, match="no ink"):
        Paper().word((10.0, 10.0), " ", Pen())


def test_pages_follow_each_other_through_one_press() -> None:
    first, second = Paper(size=(100.0, 50.0)), Paper(size=(60.0, 80.0))
    first.word((10.0, 30.0), "one", Pen())
    second.word((10.0, 60.0), "two", Pen("cour"))
    before = first.picture(72).tobytes()
    assert second.picture(72).size == (60, 80)
    assert first.picture(72).size == (100, 50)
    assert first.picture(72).tobytes() == before


def test_built_in_faces_are_always_there() -> None:
    assert available(*BUILT_IN) == BUILT_IN
    assert face("korea").has("가A1")
    assert not face("helv").has("가")
