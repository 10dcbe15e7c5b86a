"""Run lengths against pycocotools on the largest real mask (145,197 runs): time and equality.

python tests/benchmarks/masks.py
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pycocotools import mask as coco

from model_backend import masks
from model_backend.document import Mask

DATA = Path(
    os.environ.get("PROOFDESK_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
REPEATS = 5


def milliseconds(work: Callable[[], object]) -> float:
    """The fastest of a few runs, CPU time."""
    times = []
    for _repeat in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    """Print our time, theirs and the ratio."""
    text = (DATA / "masks_coco_derived" / "instances_rle_compressed.json").read_text()
    items = (item["segmentation"] for item in json.loads(text)["annotations"])
    largest = max(items, key=lambda item: len(item["counts"]))
    (height, width), counts = largest["size"], largest["counts"].encode()
    theirs = {"size": [height, width], "counts": counts}
    bitmap = masks.decode(counts, width, height)
    filled = np.asfortranarray(bitmap, dtype=np.uint8)
    mask = Mask(width, height, counts)
    print(f"{len(masks.runs_of(counts)):,} runs, {width} x {height} pixels")
    print(f"equal both ways: {masks.encode(bitmap) == coco.encode(filled)['counts'] == counts}")
    for name, ours, other in (
        ("decode", lambda: masks.decode(counts, width, height), lambda: coco.decode(theirs)),
        ("encode", lambda: masks.encode(bitmap), lambda: coco.encode(filled)),
        ("area", lambda: masks.area(mask), lambda: coco.area(theirs)),
        ("box", lambda: masks.bounding_box_of(mask), lambda: coco.toBbox(theirs)),
    ):
        mine, reference = milliseconds(ours), milliseconds(other)
        ratio = mine / reference
        print(f"{name:8} {mine:6.1f} ms, pycocotools {reference:6.1f} ms, ratio {ratio:.1f}")
    print(f"outlines {milliseconds(lambda: masks.contours(mask)):6.1f} ms")


if __name__ == "__main__":
    main()
