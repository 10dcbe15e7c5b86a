"""Words that tesseract finds on real scans against their ground truth; prints recall and precision.

    python tests/benchmarks/ocr.py DATA [--pages 12] [--psm 11]

DATA is the folder with `funsd` and `sroie`. Words count when letters and digits agree (case and
punctuation aside), each once; the Korean sample form is measured by characters.
"""

from __future__ import annotations

import argparse
import difflib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from model_backend import sources
from model_backend.document import Page

SAMPLES = Path(__file__).resolve().parent.parent.parent / "resources" / "samples"


def keys(texts: Sequence[str]) -> Counter[str]:
    """Letters and digits of each word, counted; words without any are left out."""
    plain = ("".join(c for c in text.lower() if c.isalnum()) for text in texts)
    return Counter(text for text in plain if text)


def funsd(data: Path, count: int) -> Iterator[tuple[Path, list[str]]]:
    for path in spread(sorted((data / "funsd/training_data/images").glob("*.png")), count):
        truth = path.parent.parent / "annotations" / f"{path.stem}.json"
        form = json.loads(truth.read_text("utf-8"))["form"]
        yield path, [word["text"] for item in form for word in item["words"]]


def sroie(data: Path, count: int) -> Iterator[tuple[Path, list[str]]]:
    for path in spread(sorted((data / "sroie/img").glob("*.jpg")), count):
        lines = (data / "sroie/box" / f"{path.stem}.csv").read_text("utf-8").splitlines()
        yield path, [word for line in lines for word in line.split(",", 8)[-1].split()]


def spread(paths: list[Path], count: int) -> list[Path]:
    step = max(1, len(paths) // count)
    return paths[::step][:count]


def recognized(path: Path, psm: int, languages: str) -> list[str]:
    size = sources.inspect(path).page_sizes[0]
    page = Page(0, 0, 0, size.width, size.height, "px", size)
    return [word.text for word in sources.recognize(path, page, None, psm=psm, languages=languages)]


def measure(name: str, documents: Iterator[tuple[Path, list[str]]], psm: int) -> None:
    found, true, common, seconds = 0, 0, 0, 0.0
    for path, truth in documents:
        start = time.perf_counter()
        words = keys(recognized(path, psm, "eng"))
        seconds += time.perf_counter() - start
        found, true = found + words.total(), true + keys(truth).total()
        common += (words & keys(truth)).total()
    print(
        f"{name:7} psm {psm:2}  recall {common / true:.3f}  precision {common / found:.3f}  "
        f"{true} words  {seconds:.1f} s"
    )


def measure_korean() -> None:
    truth = json.loads((SAMPLES / "korean_form.json").read_bytes())["pages"][0]
    expected = "".join(word["text"] for word in truth["words"])
    start = time.perf_counter()
    words = recognized(SAMPLES / "korean_form.jpg", 11, "kor+eng")
    got = "".join(words)
    same = sum(
        block.size for block in difflib.SequenceMatcher(None, expected, got).get_matching_blocks()
    )
    print(
        f"korean  psm 11  characters right {same / len(expected):.3f}  "
        f"{len(expected)} characters  {time.perf_counter() - start:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--psm", type=int, nargs="+", default=[11, 3])
    arguments = parser.parse_args()
    for psm in arguments.psm:
        measure("funsd", funsd(arguments.data, arguments.pages), psm)
        measure("sroie", sroie(arguments.data, arguments.pages), psm)
    measure_korean()


if __name__ == "__main__":
    main()
