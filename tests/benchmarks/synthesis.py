"""How much generated forms are like real ones, and how fast they are made.

    python tests/benchmarks/synthesis.py [--forms DIR] [--count N] [--seed S] [--noise LEVEL]

DIR is a FUNSD folder (annotations, images). Each line compares one property: the 5, 25, 50, 75 and
95 % quantiles on real and on generated forms, and how far the two distributions are apart
(Kolmogorov-Smirnov, 0 to 1). Generated words have boxes as people draw
them (`loosened`). Lengths are in thousandths of the page's height, gaps in heights of
the word before them. Then pages a second of processor time, of one core, for each kind of page:
drawn, with noise, and with the picture saved.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from statistics import mean, median

import numpy as np
from scipy.stats import ks_2samp

from model_backend import formats
from model_backend.document import Box, Entity, Page, Word
from model_backend.synthesis.form_boxes import loosened
from model_backend.synthesis.generator import KINDS, Order, make

DATA = Path(
    os.environ.get("PROOFDESK_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
FORMS = DATA / "funsd" / "training_data"
LABELS = ("header", "question", "answer", "other")
QUANTILES = (5, 25, 50, 75, 95)
Values = dict[str, list[float]]


def real_pages(folder: Path) -> list[Page]:
    return [item.page for item in formats.read("funsd", folder) if not isinstance(item, Exception)]


def measured(pages: Iterable[Page]) -> Values:
    values: Values = defaultdict(list)
    for page in pages:
        for name, value in of_page(page):
            values[name].append(value)
    return values


def of_page(page: Page) -> Iterator[tuple[str, float]]:
    words = {word.id: word for word in page.words if word.text.strip()}
    entities = [item for item in page.entities if any(key in words for key in item.word_ids)]
    unit = 1000 / page.height
    yield "page: words", len(words)
    yield "page: entities", len(entities)
    yield "page: last line", unit * max(word.box.y1 for word in words.values())
    yield "page: median word height", unit * median(word.box.height for word in words.values())
    yield "page: width", unit * page.width
    for label in LABELS:
        count = sum(entity.label == label for entity in entities)
        yield f"page: share of {label}", count / max(1, len(entities))
    for entity in entities:
        yield from of_entity(entity, [words[key] for key in entity.word_ids if key in words], page)
    yield from of_links(page)
    yield from of_gaps(page, words)


def of_entity(entity: Entity, words: list[Word], page: Page) -> Iterator[tuple[str, float]]:
    label, text = entity.label, entity.text.strip()
    yield f"{label}: words", len(words)
    yield f"{label}: lines", lines_of(words)
    yield f"{label}: x", 1000 * entity.box.x0 / page.width
    yield f"{label}: y", 1000 * entity.box.y0 / page.height
    yield f"{label}: word height", 1000 * mean(word.box.height for word in words) / page.height
    yield f"{label}: upper case", float(text.isupper())
    yield f"{label}: letters a word", mean(len(word.text) for word in words)
    yield f"{label}: has digits", float(any(letter.isdigit() for letter in text))
    if label == "question":
        yield "question: ends in a colon", float(text.endswith(":"))


def lines_of(words: list[Word]) -> int:
    ordered = sorted(words, key=lambda word: word.box.center[1])
    lines, bottom = 0, float("-inf")
    for word in ordered:
        if word.box.center[1] > bottom:
            lines, bottom = lines + 1, word.box.y1
    return lines


def of_links(page: Page) -> Iterator[tuple[str, float]]:
    labels = {entity.id: entity.label for entity in page.entities}
    pairs = {(link.from_id, link.to_id) for link in page.relations}
    for entity in page.entities:
        out = [end for start, end in pairs if start == entity.id]
        into = [start for start, end in pairs if end == entity.id]
        if entity.label == "question":
            yield "question: answers", sum(labels.get(key) == "answer" for key in out)
            yield "question: from headers", sum(labels.get(key) == "header" for key in into)
        elif entity.label == "answer":
            yield "answer: questions", len(into)
        elif entity.label == "header":
            yield "header: links out", len(out)
        else:
            yield "other: links", len(out) + len(into)


def of_gaps(page: Page, words: dict[int, Word]) -> Iterator[tuple[str, float]]:
    owner = {key: entity for entity in page.entities for key in entity.word_ids}
    for word in words.values():
        after = neighbour(word.box, [other for other in words.values() if other is not word])
        if after is None or word.id not in owner or after.id not in owner:
            continue
        first, second = owner[word.id], owner[after.id]
        gap = min(20.0, (after.box.x0 - word.box.x1) / max(1.0, word.box.height))
        if first is second:
            yield "gap to the right: same entity", gap
        else:
            yield "gap to the right: other entity", gap
            name = "other label" if first.label != second.label else "same label"
            yield f"gap to the right: {name}", gap
        if gap < 1.0:
            yield "near words (gap < 1): boundary between", float(first is not second)


def neighbour(box: Box, others: list[Word]) -> Word | None:
    """The next word to the right on the same line."""
    near = [
        other
        for other in others
        if other.box.x0 > box.center[0]
        and min(box.y1, other.box.y1) - max(box.y0, other.box.y0)
        > 0.5 * min(box.height, other.box.height)
    ]
    return min(near, key=lambda other: other.box.x0, default=None)


def compare(real: Values, made: Values) -> None:
    print(f"{'property':42} {'real: 5 25 50 75 95 %':>34} {'generated':>34} {'mean':>15} apart")
    distances = []
    for name in sorted(set(real) | set(made)):
        if not real[name] or not made[name]:
            continue
        apart = float(ks_2samp(real[name], made[name]).statistic)
        distances.append(apart)
        means = f"{mean(real[name]):7.2f}{mean(made[name]):8.2f}"
        print(f"{name:42} {shown(real[name])} {shown(made[name])} {means} {apart:5.2f}")
    print(f"{'mean distance':42} {mean(distances):.3f}")


def shown(values: list[float]) -> str:
    return " ".join(f"{value:6.1f}" for value in np.percentile(values, QUANTILES))


def speed(count: int) -> None:
    for kind in KINDS:
        for noise in ("none", "medium"):
            order = Order(kind, seed=5, noise=noise)
            make(order, 0)
            start = time.process_time()
            made = [make(order, number) for number in range(count)]
            drawn = time.process_time() - start
            for page in made:
                page.picture.save(io.BytesIO(), "png", compress_level=1)
            saved = time.process_time() - start
            print(
                f"{kind}, noise {noise}: {count / drawn:.1f} pages a processor second, "
                f"{count / saved:.1f} with the picture saved"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--forms", type=Path, default=FORMS)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", default="none")
    options = parser.parse_args()
    order = Order("forms", seed=options.seed, dpi=92.0, noise=options.noise)
    made = [loosened(make(order, n).page, Random(n)) for n in range(options.count)]
    if options.forms.is_dir():
        compare(measured(real_pages(options.forms)), measured(made))
    else:
        print(f"{options.forms} is not there: no real forms to compare with")
    speed(40)


if __name__ == "__main__":
    main()
