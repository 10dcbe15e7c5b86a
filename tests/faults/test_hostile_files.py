"""Every odd or hostile file: opened, or refused with a sentence; this process never notices."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

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


def odd_pdf(path: Path, *, page: bytes = b"", pages: bytes = b"/Count 1 /Kids [3 0 R]") -> Path:
    """One page that says "hello", with entries of the page or of the page tree as given."""
    content = b"BT /F 12 Tf 20 50 Td (hello) Tj ET"
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 200 100]"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages " + pages + b" >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> "
        + box
        + page
        + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font,
    )
    data = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    data += b"trailer << /Root 1 0 R /Size %d >>\n" % (len(objects) + 1)
    path.write_bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)
    return path


@pytest.mark.parametrize(
    ("entries", "size"),
    [
        (b"", (200, 100)),
        (b"/MediaBox [0 0 1000000000 1000000000]", None),
        (b"/MediaBox [0 0 14400 14400]", (14400, 14400)),
        (b"/MediaBox [0 0 0 0]", (612, 792)),
        (b"/MediaBox [200 100 0 0]", (200, 100)),
        (b"/MediaBox [(a) /b null 7]", None),
        (b"/MediaBox [0 0 nan inf]", None),
        (b"/Rotate 45", None),
        (b"/Rotate 450", (100, 200)),
        (b"/Rotate -90", (100, 200)),
        (b"/UserUnit 10000", None),
        (b"/UserUnit -3", None),
        (b"/CropBox [500 500 600 600]", None),
        (b"/CropBox [10 10 110 60]", (100, 50)),
        (b"/Contents 99 0 R", (200, 100)),
    ],
)
def test_odd_page_entries_are_shown_or_refused(
    workers: Workers, tmp_path: Path, entries: bytes, size: tuple[int, int] | None
) -> None:
    path = odd_pdf(tmp_path / "odd.pdf", page=entries)
    said = outcome(workers, path, "")
    assert said == "ok" or "odd.pdf" in said
    if size is not None:
        assert said == "ok"
        geometry = workers.submit("batch", sources.inspect, path).result().page_sizes[0]
        assert (geometry.width, geometry.height) == size


@pytest.mark.parametrize(
    "entries",
    [
        b"/Count 2147483647 /Kids [3 0 R]",
        b"/Count 1 /Kids [2 0 R]",
        b"/Count 0 /Kids []",
        b"/Count -1 /Kids [3 0 R]",
        b"/Count 2 /Kids [3 0 R 2 0 R]",
    ],
)
def test_odd_page_trees_are_shown_or_refused(
    workers: Workers, tmp_path: Path, entries: bytes
) -> None:
    said = outcome(workers, odd_pdf(tmp_path / "odd.pdf", pages=entries), "")
    assert said == "ok" or "odd.pdf" in said


@pytest.mark.parametrize("seed", range(12))
def test_files_with_flipped_bits_never_end_a_process(
    workers: Workers, tmp_path: Path, samples: Path, seed: int
) -> None:
    random = Random(seed)
    pid = workers.submit("batch", os.getpid).result()
    for name in ("letter.jpg", "report.pdf"):
        data = bytearray((samples / name).read_bytes())
        for _ in range(20):
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        (tmp_path / name).write_bytes(data)
        said = outcome(workers, tmp_path / name, "")
        assert said == "ok" or name in said
    assert workers.submit("batch", os.getpid).result() == pid
