"""Generated pages depend on kind, seed and number alone, and leave as sets that others can read."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from model_backend import formats
from model_backend.errors import Cancelled, UserError
from model_backend.formats.values import ReadPage
from model_backend.synthesis.generator import CHUNK, LANGUAGES, Order, checked, make, name_of, write


def here(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - anything
    """Run at once, in this process."""
    future: Future[Any] = Future()
    try:
        future.set_result(function(*args, **kwargs))
    except Exception as error:
        future.set_exception(error)
    return future


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as made:
        yield made


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_the_same_whatever_was_made_before(
    pool: ProcessPoolExecutor, language: str
) -> None:
    order = Order("forms", seed=4, language=language)
    after_others = [make(order, number) for number in (3, 0, 7)][-1]
    alone = pool.submit(make, order, 7).result()
    assert after_others.page == alone.page
    assert after_others.picture.tobytes() == alone.picture.tobytes()
    assert make(Order("forms", seed=5, language=language), 7).page != alone.page


def test_set_is_the_same_byte_for_byte_whatever_the_number_of_processes(
    tmp_path: Path, pool: ProcessPoolExecutor
) -> None:
    order, count = Order("forms", seed=2), CHUNK * 2 + 3
    write(order, count, tmp_path / "here", here)
    write(order, count, tmp_path / "there", pool.submit)
    write(order, 5, tmp_path / "fewer", here)
    all_of_them = files(tmp_path / "here")
    assert files(tmp_path / "there") == all_of_them
    assert files(tmp_path / "fewer").items() <= all_of_them.items()
    assert len(all_of_them) == 2 * count


def test_set_reads_back_as_it_was_drawn(tmp_path: Path) -> None:
    order = Order("forms", seed=9, noise="none")
    done: list[int] = []
    report = write(order, 6, tmp_path / "set", here, on_page=done.append)
    assert (report.pages, done, report.lost, report.problems) == (6, [1, 2, 3, 4, 5, 6], {}, ())
    items = list(formats.read("funsd", tmp_path / "set"))
    assert len(items) == 6
    for number, item in enumerate(items):
        assert isinstance(item, ReadPage)
        drawn = make(order, number).page
        assert item.name == name_of(order, number)
        assert (item.page.width, item.page.height) == (drawn.width, drawn.height)
        assert [(e.label, e.text) for e in item.page.entities] == [
            (e.label, e.text) for e in drawn.entities
        ]
        assert len(item.page.relations) == len(drawn.relations)
        for word, true in zip(item.page.words, drawn_words(drawn), strict=True):
            assert word.text == true.text
            assert word.box.grown(1.0).intersection(true.box) == true.box


def drawn_words(page: Any) -> list[Any]:  # noqa: ANN401 - a page's words in the order of entities
    words = {word.id: word for word in page.words}
    return [words[key] for entity in page.entities for key in entity.word_ids]


def test_cancelled_set_leaves_nothing(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        write(
            Order("forms"),
            CHUNK * 6,
            tmp_path / "set",
            pool.submit,
            on_page=done.append,
            is_cancelled=lambda: len(done) >= 3,
        )
    assert len(done) == 3
    assert list(tmp_path.iterdir()) == []


def test_failure_elsewhere_leaves_nothing(tmp_path: Path) -> None:
    def failing(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - anything
        future: Future[Any] = Future()
        future.set_exception(TimeoutError("the process was too slow"))
        return future

    with pytest.raises(TimeoutError, match="too slow"):
        write(Order("forms"), 3, tmp_path / "set", failing)
    assert list(tmp_path.iterdir()) == []


def test_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        write(Order("forms"), 1, tmp_path, here)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order("letters"), "kind letters"),
        (Order("forms", language="de"), "language de"),
        (Order("forms", noise="loud"), "noise loud"),
    ],
)
def test_what_cannot_be_made_is_refused(order: Order, said: str) -> None:
    with pytest.raises(UserError, match=said):
        checked(order)
