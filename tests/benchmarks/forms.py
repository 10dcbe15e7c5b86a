"""What the rule-based form reader reaches on FUNSD's forms.

    python tests/benchmarks/forms.py [--ocr]

Words are given with their true text and boxes but in shuffled order and with new ids, so that the
order of the file (entity by entity) cannot help. An entity is right when its label and its set of
words are; a link is right when both its ends are. "links, entities given" is the share that the
linking alone reaches. Then the calibration: how often entities of each score are right. With --ocr
the words are tesseract's, matched with the true ones by place (IoU of at least 0.5); as it divides
text into words otherwise than FUNSD does, entities are also compared as boxes.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from model_backend import formats, sources
from model_backend.document import Page, Word
from model_backend.metrics.entity_f1 import OUTSIDE, EntityF1
from model_backend.metrics.page_measures import pairs
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.metrics.same_words import key_of
from model_backend.metrics.tally import Tally
from model_backend.predictors.entities_rules import EntitiesRules, related
from model_backend.predictors.form_text import segment_of

DATA = Path(
    os.environ.get("PROOFDESK_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
FORMS = DATA / "funsd" / "training_data"


def shuffled(page: Page) -> Page:
    """The page with its words in random order under new ids, its entities following."""
    order = list(page.words)
    random.Random(page.width).shuffle(order)
    numbers = {word.id: number for number, word in enumerate(order, start=1)}
    last = len(order)
    entity_ids = {item.id: last + i for i, item in enumerate(page.entities, start=1)}
    return replace(
        page,
        words=tuple(replace(word, id=numbers[word.id]) for word in order),
        entities=tuple(
            replace(
                item,
                id=entity_ids[item.id],
                word_ids=tuple(numbers[word_id] for word_id in item.word_ids),
            )
            for item in page.entities
        ),
        relations=tuple(
            replace(item, from_id=entity_ids[item.from_id], to_id=entity_ids[item.to_id])
            for item in page.relations
        ),
    )


def predicted(page: Page, words: tuple[Word, ...]) -> Page:
    """The page as the reader sees it: only words come in."""
    bare = replace(page, words=words, entities=(), relations=())
    found = EntitiesRules().read(bare)
    return replace(bare, entities=found.entities, relations=found.relations)


def linked(page: Page) -> Page:
    """The page with its true entities and the links that the rules give them."""
    words = {word.id: word for word in page.words}
    entities = [item for item in page.entities if item.word_ids]
    segments = [segment_of([[words[i] for i in item.word_ids]]) for item in entities]
    return replace(page, relations=related(entities, segments, page.height))


def recognized(image: Path) -> tuple[Word, ...]:
    """Tesseract's words."""
    return sources.read_page(image, 0, ocr="always", languages="eng").words


def calibration(pairs: list[tuple[float, bool]]) -> Iterator[str]:
    """One line for each fifth of the entities, by score."""
    pairs.sort()
    size = max(1, len(pairs) // 5)
    for start in range(0, 5 * size, size):
        part = pairs[start : start + size]
        share = statistics.fmean(is_right for _score, is_right in part)
        yield f"  score {part[0][0]:.2f} to {part[-1][0]:.2f}: {share:.2f} right"


def right_ones(truth: Page, said: Page) -> list[tuple[float, bool]]:
    """Score of each predicted entity, and whether it is right (words taken as they are)."""
    numbers = {word.id: word.id for word in truth.words if word.text.strip()}
    wanted = {key_of(item, numbers) for item in truth.entities}
    return [(item.score or 0.0, key_of(item, numbers) in wanted) for item in said.entities]


def same_boxes(truth: Page, said: Page) -> Tally:
    """Entities of one label (without "other") whose boxes have an IoU of at least 0.5."""
    hits = sum(
        one is not None and other is not None and one.box.iou(other.box) >= 0.5
        for label in {item.label for item in truth.entities} - {OUTSIDE}
        for one, other in pairs(
            [item for item in truth.entities if item.label == label],
            [item for item in said.entities if item.label == label],
        )
    )
    wanted = sum(item.label != OUTSIDE for item in truth.entities)
    return Tally(hits, sum(item.label != OUTSIDE for item in said.entities), wanted)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ocr", action="store_true", help="use tesseract's words instead")
    uses_ocr = parser.parse_args().ocr
    entities, relations, given = EntityF1(), RelationF1(), RelationF1()
    scores: list[tuple[float, bool]] = []
    seconds = []
    boxes = Tally()
    for member in formats.members("funsd", FORMS):
        read = formats.read_member("funsd", FORMS, member)
        truth = shuffled(read.page)
        words = recognized(read.image) if uses_ocr and read.image else truth.words
        start = time.process_time()
        said = predicted(truth, words)
        seconds.append(time.process_time() - start)
        entities.update(truth, said)
        relations.update(truth, said)
        given.update(truth, linked(truth))
        page = same_boxes(truth, said)
        boxes = Tally(
            boxes.hits + page.hits, boxes.predicted + page.predicted, boxes.truth + page.truth
        )
        scores += [] if uses_ocr else right_ones(truth, said)
    found = entities.summary()
    print(f"{len(seconds)} forms, words from {'tesseract' if uses_ocr else 'the data set'}")
    print(f"entity F1 {found['f1']:.3f} (with {OUTSIDE}: {found['f1_all_labels']:.3f})")
    for label, figures in found["labels"].items():
        print("  {:9} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}".format(label, **figures))
    print(f"entity F1 by box (IoU 0.5) {boxes.summary()['f1']:.3f}")
    print(f"word F1 {found['words']['f1']:.3f}")
    print(f"relation F1 {relations.summary()['f1']:.3f}")
    print(f"links, entities given: F1 {given.summary()['f1']:.3f}")
    for kind, figures in given.summary()["kinds"].items():
        print("  {:22} P {precision:.3f} R {recall:.3f}".format(kind, **figures))
    print(f"CPU time a page: {1000 * statistics.median(seconds):.0f} ms")
    if scores:
        print("calibration", *calibration(scores), sep="\n")


if __name__ == "__main__":
    main()
