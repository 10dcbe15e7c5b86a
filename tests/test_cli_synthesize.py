"""`proofdesk synthesize` as a person and a script meet it: in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import answer, proofdesk


def test_forms_are_drawn_as_a_funsd_set_that_checks_approve(tmp_path: Path) -> None:
    out = tmp_path / "forms"
    result = answer("synthesize", "--kind", "forms", "--count", "12", "--seed", "3", "--out", out)
    assert (result["kind"], result["seed"], result["pages"]) == ("forms", 3, 12)
    assert (result["format"], result["lost"], result["problems"]) == ("funsd", {}, [])
    names = sorted(path.stem for path in (out / "annotations").iterdir())
    assert names == [f"forms-en-3-{number:06d}" for number in range(12)]
    assert sorted(path.stem for path in (out / "images").iterdir()) == names
    form = json.loads((out / "annotations" / f"{names[0]}.json").read_text())["form"]
    assert {entity["label"] for entity in form} >= {"question", "answer"}
    found = answer("check", out, "--format", "funsd")["findings"]
    assert [item for item in found if item["severity"] == "error"] == []


def test_korean_forms_and_what_was_written_is_said(tmp_path: Path) -> None:
    out = tmp_path / "forms"
    done = proofdesk(
        *("synthesize", "--kind", "forms", "--count", "2", "--language", "ko", "--out", out),
        *("--noise", "none", "--dpi", "72"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"funsd: {out}\nexported: pages: 2, entities: ")
    text = (out / "annotations" / "forms-ko-0-000000.json").read_text()
    assert any("가" <= letter <= "힣" for letter in text)


def test_words_of_tesseract_take_the_place_of_the_true_ones(tmp_path: Path) -> None:
    arguments = ("synthesize", "--kind", "forms", "--count", "1", "--seed", "8")
    true = answer(*arguments, "--noise", "none", "--out", tmp_path / "true")
    read = answer(*arguments, "--noise", "none", "--ocr", "--out", tmp_path / "read")
    name = "annotations/forms-en-8-000000.json"
    assert read["counts"]["words"] > 0
    assert (tmp_path / "true" / name).read_bytes() != (tmp_path / "read" / name).read_bytes()
    picture = "images/forms-en-8-000000.png"
    assert (tmp_path / "true" / picture).read_bytes() == (tmp_path / "read" / picture).read_bytes()
    assert true["counts"]["words"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "letters"), "Pages of the kind letters cannot be generated."),
        (("--kind", "forms", "--language", "de"), "Pages in the language de cannot be generated."),
        (("--kind", "forms", "--noise", "loud"), "There is no noise loud."),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = proofdesk("synthesize", *arguments, "--count", "1", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = proofdesk("synthesize", "--kind", "forms", "--count", "1", "--out", tmp_path)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_no_pages_is_wrong_usage(tmp_path: Path) -> None:
    done = proofdesk("synthesize", "--kind", "forms", "--count", "0", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
