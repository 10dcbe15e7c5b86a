"""Dice, IoU and average precision: hand-computed values, with empty and degenerate input."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from model_backend import masks
from model_backend.document import Box
from model_backend.metrics.dice import Dice, dice, thresholded
from model_backend.metrics.mean_average_precision import Detection, MeanAveragePrecision

LEFT = np.array([[1, 1, 0, 0]], dtype=bool)
MIDDLE = np.array([[0, 1, 1, 0]], dtype=bool)
NOTHING = np.zeros((1, 4), dtype=bool)


def test_dice_of_two_masks_is_the_formula() -> None:
    assert dice(LEFT, MIDDLE, smooth=0) == 0.5
    assert dice(LEFT, MIDDLE) == pytest.approx(3 / 5)
    assert dice(LEFT, LEFT) == 1
    assert dice(NOTHING, NOTHING) == dice(NOTHING, NOTHING, smooth=0) == 1
    assert dice(NOTHING, LEFT, smooth=0) == 0


def test_dice_refuses_raw_outputs_and_other_shapes() -> None:
    with pytest.raises(ValueError, match="threshold"):
        dice(LEFT, np.array([[0.2, 1.7, 0, 0]]))
    with pytest.raises(ValueError, match="shapes"):
        dice(LEFT, LEFT.T)


def test_dice_is_a_mean_over_masks_and_resets() -> None:
    metric = Dice(smooth=0)
    assert metric.summary() == {"dice": None, "iou": None, "dice_of_pixels": None, "masks": 0}
    metric.update(LEFT, LEFT)
    metric.update(LEFT, MIDDLE)
    assert metric.summary() == {
        "dice": 0.75,
        "iou": pytest.approx((1 + 1 / 3) / 2),
        "dice_of_pixels": 0.75,
        "masks": 2,
    }
    metric.reset()
    assert metric.summary()["masks"] == 0


def test_average_precision_of_half_the_boxes() -> None:
    metric = MeanAveragePrecision()
    truth = [Detection("stamp", Box(0, 0, 10, 10)), Detection("stamp", Box(50, 50, 60, 60))]
    metric.update(truth, [Detection("stamp", Box(0, 0, 10, 10), 0.9)])
    # recall reaches 0.5 at precision 1: 51 of the 101 recall levels
    assert metric.summary()["ap"] == pytest.approx(51 / 101)
    metric.reset()
    metric.update(truth, truth)
    assert metric.summary() == {
        "ap": 1,
        "ap50": 1,
        "ap75": 1,
        "ap_small": 1,
        "ap_medium": None,
        "ap_large": None,
        "ar": 1,
        "ar_small": 1,
        "ar_medium": None,
        "ar_large": None,
        "detection_limit": 2,
        "labels": {"stamp": 1},
    }


def test_average_precision_ranks_by_score() -> None:
    truth = [Detection("a", Box(0, 0, 10, 10))]
    wrong = Box(30, 30, 40, 40)
    for right_score, wrong_score, expected in ((0.9, 0.1, 1.0), (0.1, 0.9, 0.5)):
        metric = MeanAveragePrecision()
        metric.update(
            truth,
            [Detection("a", Box(0, 0, 10, 10), right_score), Detection("a", wrong, wrong_score)],
        )
        assert metric.summary()["ap50"] == pytest.approx(expected)


def test_average_precision_of_a_loose_box_counts_at_half() -> None:
    metric = MeanAveragePrecision()
    metric.update([Detection("a", Box(0, 0, 10, 10))], [Detection("a", Box(0, 0, 10, 6.2))])
    found = metric.summary()
    assert found["ap50"] == pytest.approx(1)
    assert found["ap75"] == 0
    assert found["ap"] == pytest.approx(0.3)  # 0.50, 0.55 and 0.60 of ten thresholds


def test_average_precision_of_masks_sees_holes() -> None:
    ring = np.ones((10, 10), dtype=bool)
    ring[1:9, 1:9] = False

    def of(bitmap: np.ndarray) -> Detection:
        return Detection("a", Box(0, 0, 10, 10), 1.0, masks.encode(bitmap), (10, 10))

    for masks_too, expected in ((True, 0.0), (False, 1.0)):
        metric = MeanAveragePrecision(masks=masks_too)
        metric.update([of(ring)], [of(np.ones((10, 10)))])
        assert metric.summary()["ap50"] == pytest.approx(expected)


def test_average_precision_without_truth_or_predictions() -> None:
    metric = MeanAveragePrecision()
    assert metric.summary()["ap"] is None
    metric.update([], [Detection("a", Box(0, 0, 1, 1))])
    found = metric.summary()
    assert found.pop("detection_limit") == 1
    assert found.pop("labels") == {}
    assert set(found.values()) == {None}
    metric.update([Detection("a", Box(0, 0, 5, 5))], [])
    assert metric.summary()["ap"] == metric.summary()["ar"] == 0


def test_mask_of_probabilities_begins_at_the_threshold() -> None:
    values = np.array([[0.2, 0.5, 0.9]])
    assert thresholded(values).tolist() == [[False, True, True]]
    assert thresholded(values, 0.6).tolist() == [[False, False, True]]


def random_page(make: np.random.Generator, count: int, *, is_truth: bool) -> list[Detection]:
    """Boxes or masks of all sizes, some of them groups."""
    found = []
    for _ in range(count):
        x, y = make.uniform(0, 120, 2)
        width, height = make.choice([12, 30, 70, 110], 2) + make.uniform(0, 8, 2)
        bitmap = np.zeros((240, 260), dtype=bool)
        bitmap[int(y) : int(y + height), int(x) : int(x + width)] = True
        found.append(
            Detection(
                str(make.choice(["a", "b"])),
                Box(x, y, x + width, y + height),
                1.0 if is_truth else float(make.uniform(0, 1)),
                masks.encode(bitmap),
                (240, 260),
                bool(is_truth and make.uniform() < 0.1),
            )
        )
    return found


def near(make: np.random.Generator, item: Detection) -> Detection:
    """The same object, found not quite where it is."""
    box = item.box.moved(*make.uniform(-6, 6, 2))
    bitmap = np.zeros((240, 260), dtype=bool)
    bitmap[int(max(box.y0, 0)) : int(box.y1), int(max(box.x0, 0)) : int(box.x1)] = True
    return replace(
        item, box=box, score=float(make.uniform()), counts=masks.encode(bitmap), is_crowd=False
    )


def asked(pages: Sequence[tuple[list[Detection], list[Detection]]], kind: str) -> dict[str, float]:
    """The figures of COCOeval itself, over the files that a person would give it."""
    truth, results, number = COCO(), [], {"a": 1, "b": 2}
    limit = max(len(said) for _, said in pages)
    annotations: list[dict[str, Any]] = []
    for image, (wanted, said) in enumerate(pages, 1):
        for item in wanted:
            segmentation = {"size": list(item.size), "counts": item.counts}
            box = [item.box.x0, item.box.y0, item.box.width, item.box.height]
            area = item.own_area if kind == "segm" else item.box.area
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image,
                    "category_id": number[item.label],
                    "bbox": box,
                    "area": area,
                    "segmentation": segmentation,
                    "iscrowd": int(item.is_crowd),
                }
            )
        for item in said:
            found: dict[str, Any] = {"image_id": image, "category_id": number[item.label]}
            found["score"] = item.score
            if kind == "segm":
                found["segmentation"] = {"size": list(item.size), "counts": item.counts}
            else:
                found["bbox"] = [item.box.x0, item.box.y0, item.box.width, item.box.height]
            results.append(found)
    with contextlib.redirect_stdout(io.StringIO()):
        truth.dataset = {
            "images": [{"id": i, "width": 260, "height": 240} for i in range(1, len(pages) + 1)],
            "categories": [{"id": i, "name": name} for name, i in number.items()],
            "annotations": annotations,
        }
        truth.createIndex()
        measure = COCOeval(truth, truth.loadRes(results), kind)
        measure.params.maxDets = [1, 10, limit]
        measure.evaluate()
        measure.accumulate()
        measure.summarize()
        values = measure.eval["recall"][:, :, 0, 2]
        precision = measure.eval["precision"][..., 0, 2]
    names = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large")
    figures = dict(zip(names, measure.stats[:6], strict=True))
    figures["ap"] = float(precision[precision > -1].mean())  # stats[0] is for a limit of 100 only
    figures["ar"] = float(values[values > -1].mean())
    recalls = ("ar_small", "ar_medium", "ar_large")
    return figures | dict(zip(recalls, measure.stats[9:12], strict=True))


@pytest.mark.parametrize("kind", ["bbox", "segm"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_are_those_of_cocoeval(kind: str, seed: int) -> None:
    make = np.random.default_rng(seed)
    pages = []
    for _ in range(4):
        wanted = random_page(make, int(make.integers(1, 12)), is_truth=True)
        said = [near(make, item) for item in wanted if make.uniform() < 0.8]
        pages.append((wanted, said + random_page(make, 3, is_truth=False)))
    metric = MeanAveragePrecision(masks=kind == "segm")
    for wanted, said in pages:
        if kind == "bbox":
            wanted, said = ([replace(i, counts=None) for i in part] for part in (wanted, said))
        metric.update(wanted, said)
    found, expected = metric.summary(), asked(pages, kind)
    assert found["detection_limit"] == max(len(said) for _, said in pages)
    assert 0 < found["ap"] < 1
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_interval_of_ap_lies_around_it_and_needs_two_documents() -> None:
    make = np.random.default_rng(5)
    metric, plain = MeanAveragePrecision(), MeanAveragePrecision()
    pages = []
    for _ in range(12):
        wanted = random_page(make, 6, is_truth=True)
        pages.append((wanted, [near(make, item) for item in wanted if make.uniform() < 0.7]))
    for wanted, said in pages:
        metric.update(wanted, said)
    documents = [[2 * i, 2 * i + 1] for i in range(6)]
    found = metric.interval(documents, seed=1, resamples=40)
    assert found == metric.interval(documents, seed=1, resamples=40)
    assert found is not None
    assert 0 < found[0] < metric.summary()["ap"] < found[1] < 1
    assert metric.interval([list(range(12))], seed=1) is None
    assert plain.interval(documents, seed=1) is None
    # one resample is the figure of the pages it draws
    drawn = np.random.default_rng(1).integers(0, 6, 6)
    for document in drawn:
        for page in documents[document]:
            plain.update(*pages[page])
    single = metric.interval(documents, seed=1, resamples=1)
    assert single is not None
    assert single[0] == single[1] == pytest.approx(plain.summary()["ap"])
