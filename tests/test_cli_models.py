"""`proofdesk models` and pre-labelling with an added model, as a script meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_models import LABELS, small_tagger
from test_cli import answer

from desktop.cli import main
from desktop.cli_models import asked
from model_backend import installed
from model_backend.checkpoints.adding import Answers
from model_backend.checkpoints.recognizing import Found
from model_backend.errors import UserError


def test_model_goes_from_a_folder_to_proposals(
    tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_tagger(tmp_path / "funsd")
    added = answer("models", "add", tmp_path / "funsd", "--licence", "mit")
    assert (added["name"], added["task"], added["network"]) == ("funsd", "entities", "tagger")
    assert added["labels"] == list(LABELS)
    assert Path(added["picture"]).read_bytes().startswith(b"\x89PNG")
    assert "entities: " in added["self_test"]
    project = tmp_path / "p.proofdesk"
    answer("import", project, samples / "report.pdf")
    chosen = ("--entities", "funsd", "--tables", "none", "--masks", "none", "--page-class", "none")
    said = answer("prelabel", project, *chosen)
    assert said["predictors"] == ["funsd", "none", "none", "none"]
    assert said["pages"] == 3
    assert said["entities"] > 0
    weights = Path(added["picture"]).parent / "files" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    refused = answer("prelabel", project, *chosen, "--again", status=1)
    assert {"The file model.safetensors of the model funsd is not the one that was added. Remove"
            " the model, and add it again if you trust the new file."} == {
        item["why"] for item in refused["failed"]
    }  # fmt: skip

    assert main(["prelabel", str(project), *chosen]) == 0
    assert "No page is new. With --again" in capsys.readouterr().err
    assert main(["models", "list"]) == 0
    assert "funsd" in capsys.readouterr().out
    assert main(["models", "remove", "funsd"]) == 0
    assert installed.installed_models() == ()
    assert main(["prelabel", str(project), *chosen]) == 1
    assert "no predictor funsd" in capsys.readouterr().err


def test_model_that_is_here_under_another_name_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_tagger(tmp_path / "funsd")
    assert main(["models", "add", str(tmp_path / "funsd")]) == 0
    assert "already here" not in capsys.readouterr().err
    assert main(["models", "add", str(tmp_path / "funsd"), "--name", "again"]) == 0
    assert capsys.readouterr().err == "again: the same files are already here as funsd\n"


def test_list_names_what_comes_with_proofdesk(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["models"] == []
    assert {"forms", "rules"} <= {item["name"] for item in listed["built_in"]}


def test_model_that_cannot_be_added_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "add", str(tmp_path / "nothing")]) == 1
    told = capsys.readouterr().err.strip()
    assert told.endswith("nothing cannot be found. Check that it is still there.")
    assert main(["models", "add", str(tmp_path), "--name", "a/b"]) == 1
    assert "cannot be called 'a/b'" in capsys.readouterr().err
    assert main(["models", "add", str(tmp_path), "--name", "rules"]) == 1
    assert "There is a model rules already" in capsys.readouterr().err


def test_labels_are_asked_for_where_nobody_can_type_them(tmp_path: Path) -> None:
    nameless = Found("bert", "entities", 5, (), "", ("model.safetensors",), tmp_path, 9)
    with pytest.raises(UserError, match="5 labels. Give them with --labels"):
        asked(nameless, Answers())
    answers = Answers(labels=LABELS)
    assert asked(nameless, answers) == answers
