"""The white page that stands in for a missing picture: its own for each page of a data set."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.jobs import steps


def without_picture(folder: Path, box: list[int]) -> Path:
    """A COCO file whose only picture is not there."""
    image = {"id": 1, "file_name": "page.png", "width": 200, "height": 100}
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": box}
    categories = [{"id": 1, "name": "thing"}]
    folder.mkdir()
    (folder / "set.json").write_text(
        json.dumps({"images": [image], "annotations": [annotation], "categories": categories})
    )
    return folder


def copy_of(folder: Path, out: Path) -> Path:
    """Where the copy of the page's picture lies."""
    out.mkdir(exist_ok=True)
    return steps.read_member("coco", folder, "1", out)[1].copy


def test_pages_of_one_name_in_two_sets_are_two_documents(tmp_path: Path) -> None:
    first = without_picture(tmp_path / "first", [1, 2, 30, 40])
    second = without_picture(tmp_path / "second", [5, 6, 70, 80])
    assert copy_of(first, tmp_path / "copies") != copy_of(second, tmp_path / "copies")


def test_page_that_is_imported_again_is_the_same_document(tmp_path: Path) -> None:
    first = without_picture(tmp_path / "first", [1, 2, 30, 40])
    assert copy_of(first, tmp_path / "copies") == copy_of(first, tmp_path / "copies")
