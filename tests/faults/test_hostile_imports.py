"""Odd and hostile files and data sets through the real import, watched and without a network.

What becomes of each is kept in tests/snapshots/hostile; PROOFDESK_WRITE_SNAPSHOTS=1 writes it anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hostile_pdfs
import hostile_pictures
import hostile_scans
import hostile_sets
import pytest
import watched
from hostile_import import read_table
from PIL import Image

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots" / "hostile"
ADDRESS = "http://127.0.0.1:9"
MODE = {"pdf": "never", "img": "never", "made": "never", "scans": "auto", "sets": "sets"}


@dataclass(frozen=True)
class Trial:
    """One import of everything: the room it had, its tables, what was seen of it."""

    room: Path
    watch: watched.Watch
    before: dict[str, str]

    def table(self, name: str) -> dict[str, dict[str, str]]:
        """What became of each file of a folder."""
        return read_table(self.room / "tables" / f"{name}.csv")


def digests(*folders: Path) -> dict[str, str]:
    """SHA-256 of every regular file below the folders."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _tried(
    room: Path, shared_data: Path, samples: Path, modes: dict[str, str], *, is_traced: bool
) -> Trial:
    """Make everything in the room, import it, look."""
    canary = room / "canary" / "touched"
    secret = room / "canary" / "secret.png"
    for name in ("made", "scans", "sets", "canary", "tables"):
        (room / name).mkdir()
    Image.new("L", hostile_sets.SIZE, 77).save(secret)
    _make(room / "made", samples, str(canary))
    hostile_scans.put(room / "scans", samples)
    _make_sets(room / "sets", secret)
    folders = [*((shared_data / "hostile" / name) for name in ("pdf", "img"))]
    folders += [room / name for name in ("made", "scans", "sets")]
    chosen = [folder for folder in folders if folder.name in modes]
    before = digests(*folders, room / "canary")
    given = [f"{folder}={modes[folder.name]}" for folder in chosen]
    script = [watched.FAULTS / "hostile_import.py", room / "p.proofdesk", room / "tables", *given]
    watch = watched.run(script, room / "watched", is_traced=is_traced, seconds=3000)
    return Trial(room, watch, before)


@pytest.fixture(scope="module")
def trial(shared_data: Path, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return _tried(tmp_path_factory.mktemp("hostile"), shared_data, samples, MODE, is_traced=False)


def _make(folder: Path, samples: Path, canary: str) -> None:
    for module in (hostile_pdfs, hostile_pictures):
        for name, make in module.files(samples, canary, f"{ADDRESS}/x").items():
            make(folder / name)
    os.mkfifo(folder / "B36 pipe.pdf")
    (folder / "B36 zeros.png").symlink_to("/dev/zero")
    (folder / "B36 loop.pdf").symlink_to(folder / "B36 loop.pdf")
    (folder / "B36 folder.pdf").mkdir()


def _make_sets(folder: Path, secret: Path) -> None:
    listed = {}
    for number, (name, odd) in enumerate(hostile_sets.sets(secret, ADDRESS).items()):
        (folder / str(number)).mkdir()
        odd.put(folder / str(number))
        listed[str(number)] = (name, odd.format)
    (folder / "sets.json").write_text(json.dumps(listed))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(MODE))
def test_files_become_what_they_became_before(trial: Trial, name: str) -> None:
    kept = SNAPSHOTS / f"{name}.csv"
    made = trial.room / "tables" / f"{name}.csv"
    text = made.read_text("utf-8").replace(str(trial.room), "ROOM")
    if os.environ.get("PROOFDESK_WRITE_SNAPSHOTS"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert text.splitlines() == kept.read_text("utf-8").splitlines()


def _rows(trial: Trial, *names: str) -> Iterator[tuple[str, dict[str, str]]]:
    for name in names:
        yield from trial.table(name).items()


EMPTY = "B36 folder.pdf"
"""A folder; the report says of it that nothing is in it, beside its name."""


@pytest.mark.parametrize("name", ["pdf", "img", "made", "scans"])
def test_each_file_is_opened_or_refused_in_a_sentence_that_names_it(
    trial: Trial, name: str
) -> None:
    for file, row in trial.table(name).items():
        if not row["pages"]:
            assert row["report"].count(". ") >= 1 or file == EMPTY, row
            assert file in row["report"] or file == EMPTY, row
        elif row["picture"] != "drawn":
            assert row["badges"], row
        assert "Something went wrong" not in "".join(row.values()), row


REFUSED = (
    "B1 ", "B2 ", "B4 ", "B21 ", "B23 ", "B28 no pages", "B36 ", "B37 ", "B39 ", "B40 ", "B48 ",
    "B49 ", "B52 broken JPEG 2000", "B52 really a web page", "B54 heic", "B54 metafile", "B83 ",
)  # fmt: skip
FLAGGED = (
    "B3 ", "B5 ", "B7 ", "B8 ", "B9 ", "B10 ", "B11 zero", "B11 garbage", "B11 nan", "B15 ",
    "B25 rotate 45.", "B26 ", "B27 crop outside", "B28 minus", "B31 ", "B41 ", "B53 dpi 300 x 72",
    "B54 animation", "B54 two",
)  # fmt: skip
ANY = ("B16 nested in the page", "B30 ", "B32 ", "B55 ")
"""Any outcome but a crash."""


def test_made_files_become_what_the_catalogue_expects(trial: Trial) -> None:
    for file, row in trial.table("made").items():
        if file.startswith(ANY):
            continue
        is_refused, is_flagged = not row["pages"], bool(row["badges"])
        assert is_refused == file.startswith(REFUSED), row
        assert is_flagged == file.startswith(FLAGGED), row
        assert bool(row["report"]) == (is_refused or is_flagged or file == "B22 owner password.pdf")


def test_refusals_name_the_real_type(trial: Trial) -> None:
    table = trial.table("made")
    for file, kind in {
        "B48 eps.png": "a PostScript file", "B49 drawing.png": "an SVG drawing",
        "B52 really a web page.jpg": "a web page", "B83 archive.zip.pdf": "a ZIP archive",
        "B83 archive.tar": "an archive", "B83 archive.tar.gz": "an archive",
        "B52 broken JPEG 2000.jp2": "a JPEG 2000 picture", "B36 pipe.pdf": "is not a file",
        "B36 zeros.png": "is not a file", "B23 unknown lock.pdf": "not supported",
    }.items():  # fmt: skip
        assert kind in table[file]["report"], table[file]


def test_pages_are_counted_and_capped(trial: Trial) -> None:
    table = trial.table("made")
    counts = {"B44 500 pages.tif": 500, "B29 300 pages.pdf": 300, "B45 loop.tif": 1}
    for file, count in counts.items():
        assert table[file]["pages"] == str(count), table[file]


SETS_REFUSED = (
    "B62 NaN", "B62 Infinity", "B62 1e999", "B69", "B65 id 2^63", "B70 lone", "B65 doubled key",
    "B67", "B68 Latin-1", "B68 garbage", "B68 list", "B75", "B73 box of three", "B73 word of three",
    "B81 wrong", "B81 comma", "B77", "B78", "B79 file", "B79 outer", "B79 parameter", "B80",
)  # fmt: skip
SETS_KEPT = ("B58 bidi", "B58 emoji", "B58 255", "B58 twins", "B70", "B68", "B79 XInclude")
SETS_KEPT_BY_DESIGN = ("B65 id text", "B66 crossing", "B76 two entries")


def test_data_sets_become_what_the_catalogue_expects(trial: Trial) -> None:
    for name, row in trial.table("sets").items():
        if row["format"] == "hocr":  # read as HTML, which has neither entities nor includes
            assert row["pages"] == "1" or "nested too deeply" in row["report"], row
        elif name.startswith(SETS_REFUSED):
            assert (row["pages"], row["annotations"]) == ("0", "0"), row
            assert row["report"].count(". ") >= 1, row
        elif name.startswith((*SETS_KEPT, *SETS_KEPT_BY_DESIGN)):
            assert row["pages"] != "0", row
        else:
            assert row["pages"] != "0", row
            assert row["report"] or row["findings"], row


def test_names_that_lead_out_are_refused_and_listed(trial: Trial) -> None:
    table = trial.table("sets")
    names = [name for name in table if name.startswith(("B56", "B57", "B61", "B59", "B58 zero"))]
    assert len(names) >= 11
    for name in names:
        assert "does not lead to a file inside the data set's folder" in table[name]["report"]


def _is_innocent(trial: Trial) -> None:
    """Nothing but tesseract was run, nothing called out, nothing was written or read elsewhere."""
    assert trial.watch.spawned == {"tesseract"}
    assert not (trial.room / "canary" / "touched").exists()
    assert trial.watch.called == []
    assert _leftovers(trial.room / "watched" / "home") == []
    now = {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in trial.before}
    assert now == trial.before
    own = [trial.room / name for name in ("p.proofdesk", "tables", "watched")]
    allowed = (*(f"{folder}" for folder in own), "/dev/", "/proc/")
    written = {path for path in trial.watch.written() if path.startswith("/")}
    assert [path for path in written if not path.startswith(allowed)] == []
    canary = f"{trial.room / 'canary'}/"
    assert {each.path for each in trial.watch.opened() if each.path.startswith(canary)} == set()


def _leftovers(folder: Path) -> list[Path]:
    """Files in a home but our key: what libraries keep there is what they might tell somebody."""
    own = folder / "proofdesk" / "imports.key"
    return [path for path in folder.rglob("*") if path.is_file() and path != own]


def test_import_runs_nothing_calls_nobody_and_leaves_all_else_alone(trial: Trial) -> None:
    assert any(each.path.endswith("B24 actions.pdf") for each in trial.watch.opened())
    _is_innocent(trial)


@pytest.mark.timeout(300)
def test_libraries_call_nobody_either(shared_data: Path, samples: Path, tmp_path: Path) -> None:
    """Seen by strace, where that may run: Python's own hook sees only what Python does."""
    _is_innocent(_tried(tmp_path, shared_data, samples, {"scans": "auto"}, is_traced=True))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_everything_read_by_tesseract_and_traced(
    shared_data: Path, samples: Path, tmp_path: Path
) -> None:
    modes = dict.fromkeys(("pdf", "img", "made", "scans"), "auto") | {"sets": "sets"}
    found = _tried(tmp_path, shared_data, samples, modes, is_traced=True)
    _is_innocent(found)
    assert found.watch.is_traced
