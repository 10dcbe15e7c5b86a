"""Every odd or hostile file: opened, or refused with a sentence; this process never notices."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_backend import sources
from model_backend.errors import PasswordNeeded, UserError
from model_backend.service import Workers

SECONDS = 15.0


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


def outcome(workers: Workers, path: Path, password: str) -> str:
    """ "ok" or the sentence a person would read."""
    try:
        info = workers.submit(
            "batch", sources.inspect, path, password=password, timeout=SECONDS
        ).result()
        page = workers.submit(
            "batch", sources.read_page, path, 0, password=password, ocr="never", timeout=SECONDS
        ).result()
        longest = max(page.width, page.height)
        picture = workers.submit_picture(
            "batch", path, 0, scale=300 / longest, password=password, timeout=SECONDS
        ).result()
    except UserError as error:
        return str(error)
    picture.discard()
    assert len(info.page_sizes) == len(info.units) >= 1
    assert (info.page_sizes[0].width, info.page_sizes[0].height) == (page.width, page.height)
    assert max(picture.width, picture.height) == 300
    return "ok"


def rows(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "hostile" / "manifest.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_hostile_files_open_or_say_why(workers: Workers, shared_data: Path) -> None:
    pid = os.getpid()
    outcomes: dict[str, str] = {}
    for row in rows(shared_data):
        password = "" if row["password"] == "(empty)" else row["password"]
        path = shared_data / "hostile" / row["path"]
        outcomes[row["path"]] = outcome(workers, path, password)
    assert os.getpid() == pid
    refused = {name: said for name, said in outcomes.items() if said != "ok"}
    for name, said in refused.items():
        assert Path(name).name in said, (name, said)
    assert len(outcomes) >= 100
    assert len(refused) <= 0.25 * len(outcomes), refused


def test_every_password_of_the_list_opens_its_file(workers: Workers, shared_data: Path) -> None:
    protected = [row for row in rows(shared_data) if row["password"] not in ("", "(empty)")]
    for row in protected:
        path = shared_data / "hostile" / row["path"]
        info = workers.submit("batch", sources.inspect, path, password=row["password"]).result()
        assert len(info.page_sizes) >= 1, row["path"]
        with pytest.raises(PasswordNeeded, match="protected"):
            workers.submit("batch", sources.inspect, path).result()
        with pytest.raises(PasswordNeeded, match="does not open"):
            workers.submit("batch", sources.inspect, path, password="not this").result()


def bomb(path: Path) -> Path:
    """Forms within forms, ten times twelve levels deep: a few kilobytes, 10^12 drawings."""
    import pymupdf

    with pymupdf.open() as document:
        page = document.new_page()
        inner = document.get_new_xref()
        head = "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] "
        document.update_object(inner, head + ">>")
        document.update_stream(inner, b"0 0 1 1 re f")
        for _level in range(12):
            outer = document.get_new_xref()
            resources = f"/Resources << /XObject << /X {inner} 0 R >> >> >>"
            document.update_object(outer, head + resources)
            document.update_stream(outer, b"/X Do " * 10)
            inner = outer
        document.xref_set_key(page.xref, "Resources", f"<< /XObject << /X {inner} 0 R >> >>")
        contents = document.get_new_xref()
        document.update_object(contents, "<< >>")
        document.update_stream(contents, b"/X Do")
        document.xref_set_key(page.xref, "Contents", f"{contents} 0 R")
        document.save(path)
    return path


def test_page_that_never_ends_costs_its_limit_only(
    workers: Workers, tmp_path: Path, samples: Path
) -> None:
    endless = workers.submit_picture("batch", bomb(tmp_path / "bomb.pdf"), 0, scale=1.0, timeout=1)
    after = workers.submit_picture("batch", samples / "report.pdf", 0, scale=1.0)
    with pytest.raises(UserError, match=r"bomb\.pdf"):
        endless.result(30)
    after.result(30).discard()
