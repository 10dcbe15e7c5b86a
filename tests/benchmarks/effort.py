"""How many gestures bring a page to the truth: from an empty page, and from proposals.

Run: python tests/benchmarks/effort.py [DATA] [--forms 20] [--tables 20] [--json FILE]

DATA is the folder with `funsd` and `icdar2013` (../shared/data). Each page is corrected twice in
the real window, by real events: once from nothing, once from what the default predictors propose
(the one key that asks for all of them counts too). One planner does both: for each thing that is
wrong it uses the cheapest gesture there is. Gestures are key presses, clicks, drags and scrolls.
The words are the truth's. At the end every entity, link and table is as in the truth, or it fails.
Forms are pre-labelled with the default entity predictor, tables with the default table predictor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from hands.application_window import need_display, use_home
from hands.entities import FormWork, wanted_of
from hands.grids import TableWork, with_titles
from hands.hand import Hand

from desktop.store.store import Store
from model_backend import formats, registry
from model_backend.document import Document, Page, PageStatus
from model_backend.formats.values import ReadPage
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.sources import inspect

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Effort:
    """The gestures of one page from both starts."""

    name: str
    things: int
    empty: int
    proposals: int


def empty_page(page: Page) -> Page:
    """The page with its words alone."""
    return replace(
        page,
        status=PageStatus.NEW,
        entities=(),
        relations=(),
        tables=(),
        regions=(),
        source_data="",
    )


def make_project(folder: Path, pages: Sequence[ReadPage]) -> tuple[Path, list[int]]:
    """A project of these pages without annotations, and their ids in it."""
    ids = []
    with Store.create(folder / "Effort.proofdesk") as store:
        by_file: dict[Path, list[ReadPage]] = {}
        for read in pages:
            assert read.image is not None
            by_file.setdefault(read.image, []).append(read)
        places = {}
        for path, members in by_file.items():
            info = inspect(path)
            numbered = {read.page.number: empty_page(read.page) for read in members}
            first = next(iter(numbered.values()))
            count = len(info.page_sizes)
            whole = [
                replace(numbered.get(number, replace(first, words=())), number=number)
                for number in range(count)
            ]
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            document = Document(0, path.name, sha256, info.media_type, count)
            _document, page_ids = store.add_document(path, document, whole, read=True)
            for number, page_id in enumerate(page_ids):
                places[path, number] = page_id
        ids = [places[read.image, read.page.number] for read in pages if read.image]
        return store.folder, ids


def first_forms(data: Path, count: int) -> list[ReadPage]:
    """The first forms of FUNSD's training data."""
    found = formats.read("funsd", data / "funsd" / "training_data")
    return list(islice((read for read in found if isinstance(read, ReadPage)), count))


def first_tables(data: Path, count: int) -> list[ReadPage]:
    """The first pages of ICDAR-2013 that together have so many tables, each of them one grid with
    its words in its cells.
    """
    chosen: list[ReadPage] = []
    for read in formats.read("icdar2013", data / "icdar2013" / "competition-dataset-us"):
        if sum(len(other.page.tables) for other in chosen) >= count:
            break
        if not isinstance(read, ReadPage) or read.page.regions:
            continue
        if any(_place(other) == _place(read) for other in chosen):
            continue  # of some pages the set has two opinions
        tables = [with_titles(table, read.page.words) for table in read.page.tables]
        true = tuple(table for table in tables if table is not None)
        if true and len(true) == len(tables):
            chosen.append(replace(read, page=replace(read.page, tables=true)))
    return chosen


def _place(read: ReadPage) -> tuple[Path | None, int]:
    return read.image, read.page.number


def work_on_form(hand: Hand, truth: Page, _known: dict[int, int]) -> None:
    """Correct a form; at the end its entities and links are the truth's."""
    FormWork(hand, truth).do()
    assert _set_of(hand.page) == _set_of(truth), "the form is not as in the truth"
    measure = EntityF1()
    measure.update(truth, hand.page)
    assert measure.summary()["f1_all_labels"] == 1.0


def _set_of(page: Page) -> tuple[set[object], set[object]]:
    entities, links = wanted_of(page)
    return set(entities), set(links)


def work_on_tables(hand: Hand, truth: Page, known: dict[int, int]) -> None:
    """Correct the tables of a page; at the end GriTS of each is 1.0."""
    work = TableWork(hand, truth, known)
    work.do()
    assert work.likeness() == 1.0, "a table is not as in the truth"


def count_all(
    pages: Sequence[ReadPage],
    folder: Path,
    task: str,
    do: Callable[[Hand, Page, dict[int, int]], None],
) -> tuple[list[Effort], Counter[str], Counter[str]]:
    """Both starts for every page."""
    starts: list[list[int]] = []
    known: dict[str, dict[int, int]] = {}
    kinds = []
    for is_prelabelled in (False, True):
        place = folder / ("proposals" if is_prelabelled else "empty")
        place.mkdir()
        project, ids = make_project(place, pages)
        hand = Hand(project)
        for other in (registry.ENTITIES, registry.TABLES, registry.MASKS):
            chosen = registry.default(other) if other == task else registry.NONE
            hand.application.settings.set(other, chosen)
        starts.append([])
        if is_prelabelled:
            hand.prelabel()
        for read, page_id in zip(pages, ids, strict=True):
            hand.turn_to(page_id)
            before = hand.gestures
            do(hand, read.page, known.setdefault(read.name, {}))
            starts[-1].append(hand.gestures - before)
        kinds.append(hand.counts)
        hand.close()
    efforts = [
        Effort(read.name, len(read.page.annotations), *counts)
        for read, *counts in zip(pages, *starts, strict=True)
    ]
    return efforts, kinds[0], kinds[1]


def show(title: str, efforts: Sequence[Effort], empty: Counter[str], made: Counter[str]) -> None:
    """A line a page, then the sums and their ratio."""
    print(f"\n{title}: gestures from an empty page, from proposals, ratio")
    for effort in efforts:
        ratio = effort.proposals / effort.empty
        print(f"  {effort.name:24}{effort.empty:6}{effort.proposals:6}{ratio:8.2f}")
    total, rest = empty.total(), made.total()
    print(f"  {'all ' + str(len(efforts)) + ' pages':24}{total:6}{rest:6}{rest / total:8.2f}")
    print(f"  empty page: {dict(empty)}; proposals: {dict(made)}")


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        print(f"the real documents are not here: {chosen.data}")
        return
    need_display()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        use_home(folder)
        for title, pages, task, do in (
            ("forms", first_forms(chosen.data, chosen.forms), "entities", work_on_form),
            ("tables", first_tables(chosen.data, chosen.tables), "tables", work_on_tables),
        ):
            if not pages:
                continue
            place = folder / title
            place.mkdir()
            efforts, empty, made = count_all(pages, place, task, do)
            show(title, efforts, empty, made)
            results[title] = [vars(effort) for effort in efforts]
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
