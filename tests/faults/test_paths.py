"""Names from data lead nowhere but into the folders that the user chose (P10 and P17)."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from model_backend import formats
from model_backend.errors import UserError
from model_backend.formats.coco_index import picture_of
from model_backend.formats.safe_path import resolve_inside

ROOT = Path(__file__).resolve().parents[2]
JOINS = Path(__file__).resolve().parents[1] / "snapshots" / "joined_paths.txt"
FORMS = ("0000971160", "0001239897")
ODD_NAMES = (
    "CON.png", "a:b.png", "..png", " leading.png", "trailing .png", "=cmd().png", "A.png", "a.png",
    "line\nbreak.png", "\u202egnp.png", "\U0001f600.png", "%2e%2e%2fx.png", f"{'x' * 251}.png",
    unicodedata.normalize("NFC", "é.png"), unicodedata.normalize("NFD", "é.png"), "x\\..\\y.png",
    "-c touch.png", "$(touch x).png", "json.png", "*.png", "<b>.png",
)  # fmt: skip


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.timeout(400)
def test_whole_job_writes_only_where_it_may_and_changes_no_original(
    shared_data: Path, samples: Path, tmp_path: Path
) -> None:
    originals, forms, out = (tmp_path / name for name in ("originals", "forms", "out"))
    originals.mkdir()
    out.mkdir()
    for number, name in enumerate(ODD_NAMES):
        Image.new("L", (60 + number, 40), 200).save(originals / name, "PNG")
    shutil.copy(samples / "report.pdf", originals / "NUL.pdf")
    for part, ending in (("annotations", "json"), ("images", "png")):
        (forms / part).mkdir(parents=True)
        for stem in FORMS:
            shutil.copy(shared_data / f"funsd/training_data/{part}/{stem}.{ending}", forms / part)
    before = _digests(originals) | _digests(forms)
    script = [watched.FAULTS / "whole_job.py", tmp_path / "p.proofdesk", originals, forms, out]
    watch = watched.run(script, tmp_path / "watched", seconds=380)
    said = json.loads((out / "said.json").read_text())
    assert int(said.pop("in all")) == len(ODD_NAMES) + 3 + len(FORMS)
    assert set(said) == set(formats.writable())
    assert {name: text for name, text in said.items() if not text.endswith(" pages")} == {}
    assert _digests(originals) | _digests(forms) == before
    allowed = tuple(str(tmp_path / name) for name in ("p.proofdesk", "out", "watched"))
    written = {path for path in watch.written() if path.startswith("/")}
    assert [path for path in written if not path.startswith((*allowed, "/dev/", "/proc/"))] == []
    assert watch.called == []
    assert watch.spawned == set()
    for path in out.rglob("*"):
        assert path.resolve().is_relative_to(out)
        assert not path.is_symlink()
        for part in path.relative_to(out).parts:
            assert not set(part) & set('<>:"\\|?*\n\u202e')
            assert part.partition(".")[0].lower() not in ("con", "nul")
            assert part == part.strip(" ")
            assert not part.endswith(".")
            assert len(part.encode()) <= 255
    for folder in (path for path in out.rglob("*") if path.is_dir()):
        names = [unicodedata.normalize("NFC", path.name).casefold() for path in folder.iterdir()]
        assert len(set(names)) == len(names), folder  # also where case and accents do not count


PARTS = st.sampled_from(
    [
        "..", ".", "a", "b c", "é", "é", "/", "\\", "//", "\\\\", ":", "C:", "C:\\", "~", "$HOME",
        "%2e%2e", "\0", "\n", "con", "NUL.png", "COM1", "x.png", " ", ".", "in", "loop", "file://",
        "\\\\?\\", "a:b", "host", "\u202e", "😀", "x" * 300, "link.png", "canary", "secret.png",
    ]
)  # fmt: skip
NAMES = st.lists(PARTS, min_size=1, max_size=8).map("".join) | st.text(max_size=40)
_opened: list[str] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is not None and event in ("open", "os.listdir", "os.scandir"):
        _opened.append(str(arguments[0]))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What is opened meanwhile, in this process."""
    global _opened  # noqa: PLW0603 - audit hooks stay for good
    _opened = found = []
    try:
        yield found
    finally:
        _opened = None


sys.addaudithook(_note)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set's folder with links out of it, beside a folder that nothing may reach."""
    room = tmp_path_factory.mktemp("names")
    root, canary = room / "chosen", room / "canary"
    for folder in (root / "a", root / "images", canary):
        folder.mkdir(parents=True)
    Image.new("L", (9, 9)).save(canary / "secret.png")
    shutil.copy(canary / "secret.png", root / "x.png")
    (root / "in").symlink_to(canary)
    (root / "link.png").symlink_to(canary / "secret.png")
    (root / "loop").symlink_to(root / "loop")
    (root / "set.json").write_text("{}")
    return root


def _or_refused(find: Callable[[], Path | None]) -> tuple[Path | None, str]:
    try:
        return find(), ""
    except UserError as error:
        return None, str(error)


def _stays_inside(root: Path, name: str) -> None:
    with _listening() as opened:
        for find in (
            lambda: resolve_inside(root, name),
            lambda: picture_of(root / "set.json", name),
        ):
            path, refusal = _or_refused(find)
            assert not refusal or "does not lead to a file inside" in refusal
            if path is not None:
                assert path.is_relative_to(root.resolve())
                if path.is_file():
                    path.open("rb").close()
    assert [place for place in opened if not Path(place).is_relative_to(root.resolve())] == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_no_name_leads_out_of_the_chosen_folder(chosen: Path, name: str) -> None:
    _stays_inside(chosen, name)


@pytest.mark.long
@pytest.mark.timeout(600)
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_none_of_ten_thousand_names_leads_out(chosen: Path, name: str) -> None:
    _stays_inside(chosen, name)


PLACES = ("model_backend/formats", "model_backend/sources", "model_backend/checkpoints",
          "model_backend/quality", "desktop/jobs", "desktop/store")  # fmt: skip
FOLDERS = ("root", "folder", "path", "parent", "out", "target", "base", "room", "documents",
           "place", "directory", "inside", "below")  # fmt: skip


def _joins() -> Iterator[str]:
    """Every place where a path is made longer by something that is not written there."""
    for place in PLACES:
        for file in sorted((ROOT / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if (text := _join_in(node)) is not None:
                    yield f"{file.relative_to(ROOT).as_posix()}: {text}"


def _join_in(node: ast.AST) -> str | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        left, right = ast.unparse(node.left), ast.unparse(node.right)
        is_path = left.lower().split(".")[-1].strip("()_").endswith(FOLDERS)
        is_written = isinstance(node.right, ast.Constant) or right.isupper()
        return f"{left} / {right}" if is_path and not is_written else None
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("path.join", ".joinpath")):
        return ast.unparse(node)
    return None


def test_paths_are_joined_only_where_it_was_looked_at() -> None:
    """A new join with a name fails here: use `resolve_inside` for names from data, or look at it
    and write it into the list (PROOFDESK_WRITE_SNAPSHOTS=1)."""
    found = sorted(set(_joins()))
    if os.environ.get("PROOFDESK_WRITE_SNAPSHOTS"):
        JOINS.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert found == JOINS.read_text("utf-8").splitlines()
    assert not [line for line in found if "os.path.join" in line]
