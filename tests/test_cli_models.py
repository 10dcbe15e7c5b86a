"""`proofdesk models` and pre-labelling with an added model, in processes of their own."""

from __future__ import annotations

from pathlib import Path

from small_models import LABELS, small_bert, small_layoutlm
from test_cli import answer, proofdesk


def test_model_goes_from_a_folder_to_proposals(tmp_path: Path, samples: Path) -> None:
    small_layoutlm(tmp_path / "funsd")
    added = answer("models", "add", tmp_path / "funsd", "--licence", "mit")
    assert (added["name"], added["task"], added["network"]) == ("funsd", "entities", "layoutlm")
    assert added["labels"] == list(LABELS)
    assert Path(added["picture"]).read_bytes().startswith(b"\x89PNG")
    assert "entities: " in added["self_test"]
    listed = answer("models", "list")
    assert [model["name"] for model in listed["models"]] == ["funsd"]
    assert [item["name"] for item in listed["built_in"]][0] == "rules"
    project = tmp_path / "p.proofdesk"
    answer("import", project, samples / "report.pdf")
    asked = ("--entities", "funsd", "--tables", "none", "--masks", "none")
    said = answer("prelabel", project, *asked, "--page-class", "none")
    assert said["predictors"] == ["funsd", "none", "none", "none"]
    assert said["pages"] == 3
    assert said["entities"] > 0
    weights = Path(added["picture"]).parent / "files" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    refused = answer("prelabel", project, *asked, "--again", status=1)
    assert {"The file model.safetensors of the model funsd is not the one that was added. Remove"
            " the model, and add it again if you trust the new file."} == {
        item["why"] for item in refused["failed"]
    }  # fmt: skip
    answer("models", "remove", "funsd")
    assert answer("models", "list")["models"] == []
    assert "no predictor funsd" in proofdesk("prelabel", project, *asked).stderr


def test_model_that_cannot_be_added_is_told(tmp_path: Path) -> None:
    nameless = {number: f"LABEL_{number}" for number in range(5)}
    small_bert(tmp_path / "bert", id2label=nameless, label2id={v: k for k, v in nameless.items()})
    asked = answer("models", "add", tmp_path / "bert", status=1)
    assert "Give them with --labels" in asked["failed"][0]["why"]
    told = proofdesk("models", "add", tmp_path / "nothing")
    assert told.returncode == 1
    assert told.stderr.strip().endswith("nothing cannot be found. Check that it is still there.")
