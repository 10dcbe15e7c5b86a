"""Models that are added: copied or linked, recorded by their sums, refused when a byte changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from small_models import LABELS, small_bert, small_layoutlm, small_tagger
from small_pictures import small_vgg16

from desktop.jobs.models import twin_text
from model_backend import installed, registry
from model_backend.checkpoints import adding
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.recognizing import Found, recognize
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.predictors.hot_models import HotModels


def add(found: Found, answers: Answers | None = None) -> InstalledModel:
    return install(record_of(found, answers or Answers()), found.files)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "LayoutLM FUNSD (v1)"
    small_layoutlm(folder)
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-sa-4.0\ntags: [x]\n---\n# A model\n")
    (folder / "run.py").write_text("raise SystemExit")
    return folder


def test_model_is_recognised_copied_and_recorded(published: Path) -> None:
    found = recognize(published)
    assert (found.network, found.task, found.labels) == ("layoutlm", "entities", LABELS)
    assert found.licence == "cc-by-nc-sa-4.0"
    model = add(found)
    assert model.name == "layoutlm-funsd-v1"
    assert installed.installed_models() == (model,)
    shutil.rmtree(published)
    assert checkpoint_of(model).weights().keys() > {"classifier.bias"}
    assert {path.name for path in model.files_folder.iterdir()} == set(found.files)
    assert "run.py" not in found.files


def test_same_files_under_another_name_are_known(published: Path, tmp_path: Path) -> None:
    first = add(recognize(published))
    assert adding.same_files(first) == ""
    second = add(recognize(published), Answers(name="again"))
    assert adding.same_files(second) == first.name
    assert twin_text(second) == "again: the same files are already here as layoutlm-funsd-v1"
    small_bert(tmp_path / "other")
    assert adding.same_files(add(recognize(tmp_path / "other"))) == ""


@pytest.mark.parametrize("is_linked", [False, True])
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocab.txt"])
def test_one_byte_changed_after_add_is_refused(
    published: Path, name: str, *, is_linked: bool
) -> None:
    model = add(recognize(published), Answers(is_linked=is_linked))
    assert model.files_folder == (published if is_linked else model.folder / "files")
    path = model.files_folder / name
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match=rf"{name} of the model {model.name} is not the one"):
        HotModels().predictor(model.name)


def test_file_that_vanished_is_named(published: Path) -> None:
    model = add(recognize(published), Answers(is_linked=True))
    (published / "vocab.txt").unlink()
    with pytest.raises(UserError, match=r"vocab\.txt is missing"):
        HotModels().predictor(model.name)


def test_labels_that_nobody_named_are_asked_for(tmp_path: Path) -> None:
    nameless = {number: f"LABEL_{number}" for number in range(5)}
    small_bert(tmp_path / "bert", id2label=nameless, label2id={v: k for k, v in nameless.items()})
    found = recognize(tmp_path / "bert")
    assert found.labels == ()
    with pytest.raises(UserError, match="model .+ does not name its 5 labels"):
        record_of(found, Answers())
    with pytest.raises(UserError, match="has 5 labels, but 2 different ones"):
        record_of(found, Answers(labels=("A", "B")))
    with pytest.raises(UserError, match="has 5 labels, but 4 different ones"):
        record_of(found, Answers(labels=("A", "B", "C", "D", "A")))
    assert record_of(found, Answers(labels=LABELS)).labels == LABELS


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "a..b", "x" * 65, "a,b", "a:1"])
def test_name_that_is_no_name_is_refused(published: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be called"):
        installed.checked_name(name)


def test_taken_names_are_refused(published: Path) -> None:
    found = recognize(published)
    add(found, Answers(name="mine"))
    for name in ("mine", "rules", "none"):
        with pytest.raises(UserError, match=f"There is a model {name} already"):
            record_of(found, Answers(name=name))
    add(found)
    assert record_of(found, Answers()).name == "layoutlm-funsd-v1-2"


def test_folder_of_the_hub_cache_is_added_under_its_name(published: Path, tmp_path: Path) -> None:
    """Each version's files are links to the contents beside it."""
    folder = tmp_path / "models--acme--Papers" / "snapshots" / "4f3b2c"
    blobs = folder.parent.parent / "blobs"
    folder.mkdir(parents=True)
    blobs.mkdir()
    for number, path in enumerate(published.iterdir()):
        shutil.copy(path, blobs / str(number))
        (folder / path.name).symlink_to(blobs / str(number))
    for chosen in (folder.parent.parent, folder, folder / "model.safetensors"):
        model = add(recognize(chosen))
        assert model.name == "papers"
        assert checkpoint_of(model).weights().keys() > {"classifier.bias"}
        assert not (model.files_folder / "vocab.txt").is_symlink()
        installed.remove_model(model.name)


def test_folder_with_one_file_lends_its_name(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "Page kinds 2")
    assert add(recognize(tmp_path / "Page kinds 2")).name == "page-kinds-2"
    assert add(recognize(tmp_path / "Page kinds 2" / "vgg16.pth")).name == "vgg16"


def test_one_of_several_files_of_weights_brings_what_lies_beside_it(published: Path) -> None:
    (published / "model.safetensors").rename(published / "epoch 2.safetensors")
    shutil.copy(published / "epoch 2.safetensors", published / "epoch 1.safetensors")
    found = recognize(published / "epoch 2.safetensors")
    assert {"config.json", "vocab.txt", "epoch 2.safetensors"} <= set(found.files)
    assert "epoch 1.safetensors" not in found.files
    HotModels().predictor(add(found).name)


def test_weights_in_several_safe_files_come_before_one_that_is_not(published: Path) -> None:
    (published / "model.safetensors").rename(published / "model-00001-of-00001.safetensors")
    index = {"weight_map": {"classifier.bias": "model-00001-of-00001.safetensors"}}
    (published / "model.safetensors.index.json").write_text(json.dumps(index))
    (published / "pytorch_model.bin").write_bytes(b"")
    assert "pytorch_model.bin" not in recognize(published).files


def test_network_for_whole_texts_and_one_without_config_are_refused(published: Path) -> None:
    config = published / "config.json"
    text = config.read_text()
    config.write_text(text.replace("ForTokenClass", "ForSequenceClass"))
    with pytest.raises(
        UserError, match=r"labels whole texts \('LayoutLMForSequenceClassification'\)"
    ):
        recognize(published)
    config.unlink()
    with pytest.raises(UserError, match=r"lacks config\.json"):
        recognize(published)


def test_stopped_addition_leaves_nothing(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recognize(published)
    monkeypatch.setattr(adding, "sum_of", lambda _file: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(found)
    assert installed.installed_models() == ()
    assert list(installed.models_folder().iterdir()) == []


def test_removed_model_is_gone_and_links_stay(published: Path) -> None:
    model = add(recognize(published), Answers(is_linked=True))
    installed.remove_model(model.name)
    assert installed.installed_models() == ()
    assert (published / "model.safetensors").is_file()
    with pytest.raises(UserError, match="There is no model"):
        installed.remove_model(model.name)


def test_damaged_record_is_told_and_hides_no_other(published: Path) -> None:
    found = recognize(published)
    add(found, Answers(name="good"))
    bad = add(found, Answers(name="bad"))
    for text in ("{", "[]", json.dumps({"name": "other"}), '{"name": "bad"}'):
        (bad.folder / installed.RECORD).write_text(text)
        assert [model.name for model in installed.installed_models()] == ["good"]
        (problem,) = installed.broken_records()
        assert "The record of the model bad is damaged" in str(problem)


def test_added_models_can_be_chosen(published: Path, tmp_path: Path) -> None:
    model = add(recognize(published))
    small_tagger(tmp_path / "tagger")
    add(recognize(tmp_path / "tagger"))
    assert registry.names("entities") == ("forms", "rules", "layoutlm-funsd-v1", "tagger", "none")
    assert registry.checked("entities", "tagger") == "tagger"
    assert registry.registered(model.name).process == "model"
    assert registry.default("entities") == "forms"
    with pytest.raises(UserError, match="is no pair"):
        registry.registered("layoutlm-funsd-v1,tagger")
    with pytest.raises(UserError, match="no predictor tagger for tables"):
        registry.checked("tables", "tagger")


def test_hot_models_stay_within_their_budget(published: Path, tmp_path: Path) -> None:
    first = add(recognize(published), Answers(name="first"))
    small_tagger(tmp_path / "tagger")
    second = add(recognize(tmp_path / "tagger"))
    hot = HotModels(budget=first.size + second.size // 2)
    kept = hot.predictor("first")
    assert hot.predictor("first") is kept
    hot.predictor("tagger")
    assert hot.predictor("first") is not kept
    assert 0 < hot.size < first.size + second.size
    hot.free()
    assert hot.size == 0


def test_model_that_was_replaced_is_loaded_again(published: Path) -> None:
    hot = HotModels()
    add(recognize(published), Answers(name="one"))
    before = hot.predictor("one")
    installed.remove_model("one")
    small_layoutlm(published, hidden_size=16)
    add(recognize(published), Answers(name="one"))
    assert hot.predictor("one") is not before
