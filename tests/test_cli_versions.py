"""`proofdesk freeze`, `versions` and training from a version, in processes of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_cli import answer, proofdesk

FORMS = 6


@pytest.fixture
def project(shared_data: Path, tmp_path: Path) -> Path:
    """A project of some of FUNSD's forms, which are done."""
    source, chosen = shared_data / "funsd" / "training_data", tmp_path / "training_data"
    for kind in ("annotations", "images"):
        (chosen / kind).mkdir(parents=True)
        for file in sorted((source / kind).iterdir())[:FORMS]:
            shutil.copy(file, chosen / kind)
    folder = tmp_path / "forms.proofdesk"
    answer("import-dataset", folder, tmp_path, "--format", "funsd")
    return folder


def test_a_version_is_frozen_listed_and_trained_on(project: Path, tmp_path: Path) -> None:
    refused = answer("freeze", project, "--name", "week-1", status=1)
    assert "accepted" in str(refused)
    made = answer("freeze", project, "--name", "week-1", "--done", "--split", "train=1")
    assert (made["pages"], made["parts"], made["gold"]) == (FORMS, {"train": FORMS}, False)
    assert made["entities"] > 100
    (listed,) = answer("versions", project)["versions"]
    assert listed["sha256"] == made["sha256"]
    said = proofdesk("versions", project).stdout
    assert said.startswith("week-1: pages: 6, entities: ")
    out, work = tmp_path / "model", tmp_path / "work"
    options = ("--from", "nothing", "--language", "ko", "--work", work, "--measured", "1")
    trained = answer(
        "train", "entities", "--project", project, "--data", "week-1", "--out", out, *options,
        "--minutes", "0",
    )  # fmt: skip
    assert trained["program"] is None  # it began, and stopped at once
    assert list(work.iterdir())
    other = answer(
        "train", "entities", "--project", project, "--data", "week-2", "--out", out, *options,
        status=1,
    )  # fmt: skip
    assert "week-2" in str(other)


def test_gold_is_not_trained_on_and_changed_files_are_told(project: Path, tmp_path: Path) -> None:
    answer("freeze", project, "--name", "gold", "--gold", "--done")
    found = answer(
        "train", "entities", "--project", project, "--data", "gold", "--out", tmp_path / "model",
        status=1,
    )  # fmt: skip
    assert "gold" in str(found)
    assert (
        proofdesk("freeze", project, "--name", "x", "--gold", "--split", "train=1").returncode == 2
    )
    file = next((project / "versions" / "gold" / "entities").rglob("*.json"))
    file.chmod(0o644)
    file.write_text("{}")
    assert file.name in str(answer("versions", project, status=1))


def test_the_better_predictor_is_promoted_and_used(project: Path) -> None:
    assert "gold" in str(answer("models", "compare", "rules", "--project", project, status=1))
    answer("freeze", project, "--name", "gold", "--gold", "--done")
    found = answer("models", "compare", "rules", "--project", project)
    assert (found["old"], found["new"], found["pages"]) == ("forms", "rules", FORMS)
    main = found["figures"]["entities.f1"]
    assert 0.3 < main["new"] < 0.9
    assert main["difference"] == pytest.approx(main["new"] - main["old"])
    assert main["difference"] < 0
    refused = answer("models", "promote", "rules", "--project", project, status=1)
    assert "worse" in str(refused)
    assert "forms" in answer("prelabel", project, "--again")["predictors"]
    promoted = answer(
        "models", "promote", "rules", "--project", project, "--even-if-worse"
    )  # fmt: skip
    assert promoted["promoted"] == "rules"
    done = answer("prelabel", project, "--again")
    assert "rules" in done["predictors"]
    assert "forms" not in done["predictors"]
    again = answer("models", "promote", "rules", "--project", project, status=1)
    assert "already" in str(again)
    other = answer("models", "compare", "ink", "--with", "rules", "--project", project, status=1)
    assert "cannot be compared" in str(other)
