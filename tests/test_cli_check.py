"""`proofdesk check` as a person and a script meet it: in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_cli import answer, proofdesk

from desktop.store.store import Store
from model_backend.document import Status
from model_backend.quality.checks import check


def form(folder: Path) -> Path:
    """A FUNSD set of one form: a link of an entity to itself, a box too small for its word."""
    from PIL import Image

    for name in ("annotations", "images"):
        (folder / name).mkdir(parents=True)
    Image.new("L", (200, 100), 255).save(folder / "images" / "one.png")
    word = {"box": [10, 10, 40, 20], "text": "Name:"}
    entity: dict[str, Any] = {"box": [10, 10, 30, 20], "text": "Name:", "label": "question"}
    entity |= {"words": [word], "linking": [[0, 0], [0, 0]], "id": 0}
    (folder / "annotations" / "one.json").write_text(json.dumps({"form": [entity]}))
    return folder


def test_findings_are_told_by_rule_and_errors_set_the_status(tmp_path: Path) -> None:
    done = proofdesk("check", form(tmp_path / "set"), "--format", "funsd")
    assert done.returncode == 1
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[1][:5] == ["error", "link-to-itself", "1", "1", "drop-self-links"]
    assert rows[2][:5] == ["warning", "word-outside-entity", "1", "1", "fit-entity-boxes"]
    assert done.stdout.splitlines()[-1] == "pages: 1, errors: 1, warnings: 1"
    assert "set: errors: 1" in done.stderr


def test_repaired_copy_is_sound_and_tells_what_was_changed(tmp_path: Path) -> None:
    source, out = form(tmp_path / "set"), tmp_path / "out"
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    result = answer("check", source, "--format", "funsd", "--repair", "--out", out)
    assert [change["rule"] for change in result["changes"]] == [
        "link-to-itself",
        "word-outside-entity",
    ]
    assert (len(result["findings"]), result["left"]) == (2, [])
    assert answer("check", out, "--format", "funsd")["findings"] == []
    report = json.loads((out / "report.json").read_text())
    assert (report["of"], report["changes"]) == ("set", result["changes"])
    (entity,) = json.loads((out / "annotations" / "one.json").read_text())["form"]
    assert (entity["linking"], entity["box"]) == ([], [10, 10, 40, 20])
    assert {path: path.read_bytes() for path in before} == before


def test_project_is_repaired_in_a_copy_by_edits_that_can_be_undone(tmp_path: Path) -> None:
    project, out = tmp_path / "a.proofdesk", tmp_path / "b.proofdesk"
    answer("import-dataset", project, form(tmp_path / "set"), "--format", "funsd")
    found = answer("check", project, status=1)["findings"]
    result = answer("check", project, "--repair", "--out", out)
    assert (result["findings"], result["left"]) == (found, [])
    with Store.open(out) as copy, Store.open(project) as original:
        (page_id,) = copy.page_ids()
        repaired, before = copy.page(page_id), original.page(page_id)
        assert (check(repaired, ""), len(check(before, ""))) == ((), 2)
        assert repaired.entities[0].status is Status.CORRECTED
        assert copy.head is not None
        assert copy.head.text == "Repair what checks found"
    again = proofdesk("check", project, "--repair", "--out", out)
    assert again.returncode == 1
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    "arguments", [("--repair",), (), ("--format", "funsd", "--out", "somewhere")]
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = proofdesk("check", form(tmp_path / "set"), *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "--" in done.stderr
