"""Holes and separate parts survive every journey: store, page JSON, COCO, undo, turns, copies,
conversions and strokes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from edit_scripts import blank_page, document_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.store.store import Store
from model_backend import masks
from model_backend.document import Mask, Page, Region
from model_backend.document_json import from_json, to_json

BITMAPS = st.tuples(st.integers(2, 16), st.integers(2, 16)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
INKED = BITMAPS.filter(lambda bitmap: bitmap.any())
PLACES = st.tuples(st.integers(0, 400), st.integers(0, 400))


def with_mask(bitmap: np.ndarray, place: tuple[int, int] = (100, 200)) -> Page:
    mask = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, *map(float, place)))
    return edits.add_region(blank_page(), "stamp", masks.bounding_box_of(mask), mask=mask)


def mask_of(page: Page, index: int = 0) -> Mask:
    mask = page.regions[index].mask
    assert mask is not None
    return mask


def shape(mask: Mask) -> tuple[int, int]:
    """How many parts and how many holes."""
    parts = masks.parts_of_mask(mask)
    return len(parts), sum(len(part) - 1 for part in parts)


def changed(page: Page, change: str) -> Page:
    """One of the things that may happen to a mask."""
    region: Region = page.regions[0]
    if change == "rotate":
        return edits.rotate(page, 90)
    if change == "paste":
        return edits.paste(page, [region], dx=3, dy=4)
    if region.mask is None:
        return edits.make_mask(page, region.id)
    outline = masks.outline_polygons(region.mask)
    return edits.replace(page, edits.with_polygons(region, outline))


@given(INKED, PLACES, st.lists(st.sampled_from([90, 180, 270]), max_size=4))
def test_quarter_turns_are_exact_and_lead_back(
    bitmap: np.ndarray, place: tuple[int, int], turns: list[int]
) -> None:
    page = with_mask(bitmap, place)
    after = page
    for degrees in turns:
        after = edits.rotate(after, degrees)
        assert after.regions[0].box == masks.bounding_box_of(mask_of(after))
        assert shape(mask_of(after)) == shape(mask_of(page))
    back = edits.rotate(after, -sum(turns))
    assert mask_of(back).counts == mask_of(page).counts
    assert mask_of(back).to_page == pytest.approx(mask_of(page).to_page, abs=1e-9)


@given(INKED, st.floats(-8, 8))
def test_straightening_keeps_every_pixel_and_the_box_around_them(
    bitmap: np.ndarray, degrees: float
) -> None:
    page = with_mask(bitmap)
    after = edits.deskew(page, degrees)
    assert mask_of(after).counts == mask_of(page).counts
    box, around = after.regions[0].box, masks.bounding_box_of(mask_of(after))
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx(
        (around.x0, around.y0, around.x1, around.y1)
    )
    back = edits.deskew(after, 0.0)
    assert mask_of(back).to_page == pytest.approx(mask_of(page).to_page, abs=1e-6)


@given(INKED)
def test_json_and_copies_hold_the_very_mask(bitmap: np.ndarray) -> None:
    page = with_mask(bitmap)
    read = from_json(Page, json.loads(json.dumps(to_json(page))))
    assert read == page
    pasted = edits.paste(page, page.regions, dx=10, dy=20)
    assert mask_of(pasted, 1).counts == mask_of(page).counts
    assert mask_of(pasted, 1).to_page[4:] == pytest.approx(
        (mask_of(page).to_page[4] + 10, mask_of(page).to_page[5] + 20)
    )


@given(INKED, PLACES)
def test_an_outline_made_of_a_mask_and_a_mask_of_that_are_the_same_pixels(
    bitmap: np.ndarray, place: tuple[int, int]
) -> None:
    page = with_mask(bitmap, place)
    region = page.regions[0]
    outlined = edits.with_polygons(region, masks.outline_polygons(mask_of(page)))
    assert outlined.box == region.box
    after = edits.make_mask(edits.replace(page, outlined), region.id)
    assert mask_of(after) == mask_of(page)
    turned = edits.rotate(edits.replace(page, outlined), 90)
    again = edits.make_mask(turned, region.id)
    assert shape(mask_of(again)) == shape(mask_of(page))


@given(INKED, st.lists(st.sampled_from(["rotate", "paste", "outline"]), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_the_store_and_undo_hold_the_very_mask(bitmap: np.ndarray, changes: list[str]) -> None:
    with TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "m.proofdesk")
        _kept, (page_id,) = store.add_document(None, document_of(1), [blank_page()], read=True)
        document = OpenDocument(store)
        values = [document.page(page_id)]
        whole = replace(with_mask(bitmap), id=page_id, document_id=values[0].document_id)
        for change in ("add", *changes):
            page = whole if change == "add" else changed(document.page(page_id), change)
            document.apply(change, page)
            values.append(document.page(page_id))
        document.close()
        document = OpenDocument(Store.open(Path(folder) / "m.proofdesk"))
        assert document.page(page_id) == values[-1]
        while document.undo():
            pass
        assert document.page(page_id).regions == ()
        while document.redo():
            pass
        assert document.page(page_id).regions == values[-1].regions
        document.close()
