"""What the default predictors and the rule-based ones reach on real documents.

    python tests/benchmarks/quality.py --entities FUNSD_FOLDER [--most N] [--curve] [--json]
    python tests/benchmarks/quality.py --masks PAGES [--json]    (see quality_masks.py)
    python tests/benchmarks/quality.py --tables ICDAR_FOLDER [--most N]    (see quality_tables.py)

Entities: words with their true text in shuffled order, put into our reading order; for the network
also in the order of the file (which lists words entity by entity and so gives boundaries away);
then tesseract's words on a sample of the pages (`--most`), where an entity is right when its label
is, its box (IoU of at least 0.5) and its text (similar to 0.8). `--curve` fine-tunes the network on
ever more of the forms and tests on the last 49, beside training from the language model alone.
"""

from __future__ import annotations

import argparse
import difflib
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from forms import recognized, shuffled
from quality_masks import masks
from quality_tables import tables

from model_backend import formats, registry
from model_backend.document import Entity, Page, Proposals, Word
from model_backend.metrics.entity_f1 import OUTSIDE, EntityF1
from model_backend.metrics.page_measures import pairs
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.metrics.tally import Tally
from model_backend.predictors.entities_forms import EntitiesForms
from model_backend.predictors.entities_rules import EntitiesRules

Read = Callable[[Page], Proposals]
LIKE, SAME = 0.5, 0.8
"""The least IoU of boxes and the least likeness of texts of one entity."""
TESTED = 49
CURVE = (0, 5, 10, 25, 50, 100)


def said_of(page: Page, words: Sequence[Word], read: Read) -> Page:
    """The page as a predictor reads it: only words come in."""
    bare = replace(page, words=tuple(words), entities=(), relations=(), tables=(), regions=())
    found = read(bare)
    return replace(bare, entities=found.entities, relations=found.relations)


class Figures:
    """F1 of entities, words and relations, and CPU seconds a page."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._entities, self._relations = EntityF1(), RelationF1()
        self._alike = Tally()
        self._seconds: list[float] = []

    def update(self, truth: Page, words: Sequence[Word]) -> None:
        """Read one page with these words."""
        start = time.process_time()
        said = said_of(truth, words, self._read)
        self._seconds.append(time.process_time() - start)
        self._entities.update(truth, said)
        self._relations.update(truth, said)
        page = alike(truth, said)
        self._alike.hits += page.hits
        self._alike.predicted += page.predicted
        self._alike.truth += page.truth

    def summary(self) -> dict[str, Any]:
        """The figures by name."""
        entities = self._entities.summary()
        return {
            "pages": len(self._seconds),
            "entity_f1": entities["f1"],
            "word_f1": entities["words"]["f1"],
            "relation_f1": self._relations.summary()["f1"],
            "entity_f1_by_box_and_text": self._alike.summary()["f1"],
            "labels": {name: told["f1"] for name, told in entities["labels"].items()},
            "seconds_a_page": statistics.median(self._seconds),
        }


def alike(truth: Page, said: Page) -> Tally:
    """Entities of one label, without `other`, whose boxes and texts are alike."""
    found = Tally()
    for label in {item.label for item in truth.entities} - {OUTSIDE}:
        wanted = [item for item in truth.entities if item.label == label]
        given = [item for item in said.entities if item.label == label]
        found.hits += sum(
            one is not None and other is not None and _is_same(one, other)
            for one, other in pairs(wanted, given)
        )
        found.truth += len(wanted)
    found.predicted = sum(item.label != OUTSIDE for item in said.entities)
    return found


def _is_same(one: Entity, other: Entity) -> bool:
    matcher = difflib.SequenceMatcher(None, one.text.lower(), other.text.lower(), autojunk=False)
    return one.box.iou(other.box) >= LIKE and matcher.ratio() >= SAME


def pages_of(folder: Path) -> Iterator[tuple[Page, Path | None]]:
    """The forms of a FUNSD folder with their pictures."""
    for member in formats.members("funsd", folder):
        read = formats.read_member("funsd", folder, member)
        yield read.page, read.image


def entities(folder: Path, most: int) -> dict[str, Any]:
    """The figures of the default predictor and of the rules."""
    default = registry.create(registry.default(registry.ENTITIES))
    readers: dict[str, Read] = {default.name: default.read, "rules": EntitiesRules().read}
    forms = list(pages_of(folder))
    found = {
        f"{name}, true words": measured(read, [shuffled(page) for page, _image in forms])
        for name, read in readers.items()
    }
    if isinstance(default, EntitiesForms):
        in_file = replace(default, in_order=tuple).read
        found[f"{default.name}, true words in the file's order"] = measured(
            in_file, [page for page, _image in forms]
        )
    with_words = [(page, recognized(image)) for page, image in forms[:most] if image]
    for name, read in readers.items():
        figures = Figures(read)
        for page, words in with_words:
            figures.update(page, words)
        found[f"{name}, tesseract's words"] = figures.summary()
    return found


def measured(read: Read, pages: Sequence[Page]) -> dict[str, Any]:
    """The figures of pages with their own words."""
    figures = Figures(read)
    for page in pages:
        figures.update(page, page.words)
    return figures.summary()


def curve(folder: Path, counts: Sequence[int]) -> dict[str, Any]:
    """Fine-tuned on the first forms, tested on the last, from the shipped model and without it."""
    pages = [page for page, _image in pages_of(folder)]
    tested = [shuffled(page) for page in pages[-TESTED:]]
    found: dict[str, Any] = {}
    for count in counts:
        for start in (str(EntitiesForms().program), "minilm") if count else (None,):
            name = f"{count} forms, from {'the language model' if start == 'minilm' else 'ours'}"
            found[name] = measured(_trained(folder, count, start).read, tested)
            print(*shown({name: found[name]}), file=sys.stderr)  # at once: each takes minutes
    return found


def _trained(folder: Path, count: int, start: str | None) -> EntitiesForms:
    """The network after the first forms of a data set; as it is shipped, without a start."""
    from model_backend.training import train_entities as training

    if start is None:
        return EntitiesForms()
    work = Path(tempfile.mkdtemp())
    wish = training.Wish(work / "out", work, first_forms(folder, count, work), start=start)
    return EntitiesForms(training.train_entities(wish).program)


def first_forms(folder: Path, count: int, work: Path) -> tuple[Path, ...]:
    """A folder with copies of the first forms of another; none where there are to be none."""
    made = work / "data"
    for kind in ("annotations", "images"):
        (made / kind).mkdir(parents=True)
        for file in sorted((folder / kind).iterdir())[:count]:
            shutil.copy(file, made / kind)
    return (made,) if count else ()


def shown(found: dict[str, Any]) -> Iterator[str]:
    """One line for each reader."""
    for name, told in found.items():
        figures = ", ".join(
            f"{what.replace('_', ' ')} {value:.3f}"
            for what, value in told.items()
            if isinstance(value, float)
        )
        yield f"{name} ({told['pages']} pages): {figures}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entities", type=Path, metavar="DIR", help="a FUNSD folder")
    parser.add_argument("--most", type=int, default=20, help="pages that tesseract reads")
    parser.add_argument("--curve", action="store_true", help="fine-tune on ever more forms")
    parser.add_argument("--masks", type=int, metavar="N", help="N generated pages at each noise")
    parser.add_argument("--tables", type=Path, metavar="DIR", help="an ICDAR-2013 folder")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    found: dict[str, Any] = {}
    if given.entities:
        found |= entities(given.entities, given.most)
        found |= curve(given.entities, CURVE) if given.curve else {}
    if given.masks:
        found |= masks(given.masks, most=149)
    if given.tables:
        found |= tables(given.tables, given.most)
    print(json.dumps(found) if given.json else "\n".join(shown(found)))


if __name__ == "__main__":
    main()
