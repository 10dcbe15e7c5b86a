"""An independent reader of exported XFUND files: one object with a list of documents, each with its
picture."""

from __future__ import annotations

import json
from pathlib import Path

from model_backend.document import Page
from model_backend.formats.safe_json import ElementReader
from model_backend.quality.read_back import check_entities, fail, picture_size


def check_document(file: Path, place: tuple[int, int], page: Page) -> None:
    """Read one document where it lies in its file, and compare it with the page (in pixels)."""
    with file.open("rb") as opened:
        opened.seek(place[0])
        document = json.loads(opened.read(place[1]).decode("utf-8"))
    image = document["img"]
    size = (round(page.width), round(page.height))
    if (image["width"], image["height"]) != size:
        fail(file, f"size of {image['fname']}")
    if picture_size(file.parent / file.name.removesuffix(".json") / image["fname"]) != size:
        fail(file, f"size of the picture {image['fname']}")
    check_entities(file, document["document"], page)


def check_documents(file: Path, *, pages: int) -> None:
    """Walk the whole file: as many documents as pages, each with a picture of its own."""
    names = [
        document["img"]["fname"]
        for key, document, _place in ElementReader(file).elements()
        if key == "documents"
    ]
    folder = file.parent / file.name.removesuffix(".json")
    if len(names) != pages or len(set(names)) != pages:
        fail(file, f"{len(names)} documents of {pages}")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        fail(folder / missing[0], "no picture of that name")
