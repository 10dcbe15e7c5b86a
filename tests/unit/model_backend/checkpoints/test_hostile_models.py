"""Wrong, cut, foreign and hostile files of weights: one sentence each, and nothing of them runs."""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save as saved_safely
from small_models import small_bert, small_layoutlm

from model_backend.checkpoints.checkpoint import checkpoint_at
from model_backend.checkpoints.onnx_file import check_onnx
from model_backend.checkpoints.recognizing import recognize
from model_backend.checkpoints.weights import read_weights
from model_backend.errors import UserError

STATE = {"a.weight": torch.arange(12.0).view(3, 4), "a.bias": torch.zeros(3)}


class Evil:
    """What a pickle may do to whoever opens it."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (os.environ["CANARY"],))


@pytest.fixture(autouse=True)
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANARY", str(tmp_path / "canary"))
    return tmp_path / "canary"


def saved(value: object, *, is_zip: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=is_zip)
    return file.getvalue()


def scripted() -> bytes:
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), file)
    return file.getvalue()


def packed(data: bytes) -> bytes:
    """The same archive with its members deflated, as a bomb would be."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(file, "w", 8) as target:
        for member in given.infolist():
            target.writestr(member.filename, given.read(member))
    return file.getvalue()


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in names:
            target.writestr(name, b"x")
    return file.getvalue()


def header(entries: object, data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(start: int, end: int, shape: list[int]) -> dict[str, object]:
    return {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}


@pytest.mark.parametrize(
    "data",
    [
        lambda: saved(STATE),
        lambda: saved(STATE, is_zip=False),
        lambda: saved({"model": STATE, "args": argparse.Namespace(lr=1), "epoch": 3}),
        lambda: saved({"state_dict": {f"module.{key}": value for key, value in STATE.items()}}),
        lambda: saved_safely(STATE),
    ],
    ids=["zip", "legacy", "training run", "parallel", "safetensors"],
)
def test_plain_weights_are_read(data: Callable[[], bytes]) -> None:
    found = read_weights(data(), "weights")
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[key], value) for key, value in STATE.items())


CODE = "holds program code"
DAMAGED = "is damaged or was cut short"


@pytest.mark.filterwarnings("ignore:`torch.jit")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: saved({"a": Evil()}), CODE),
        (lambda: saved({"a": Evil()}, is_zip=False), CODE),
        (lambda: pickle.dumps(Evil()), CODE),
        (lambda: pickle.dumps(STATE), CODE),
        (lambda: saved(torch.nn.Linear(2, 2)), CODE),
        (lambda: pickle.dumps(Evil(), 0), "is none that weights can be read from"),
        (scripted, "TorchScript program"),
        (lambda: archive("m/models/model.json", "m/version"), r"exported program \(\.pt2\)"),
        (lambda: archive("a.txt"), "archive without weights"),
        (lambda: packed(saved(STATE)), "packed in a way that torch never writes"),
        (lambda: saved(STATE)[:700], DAMAGED),
        (lambda: saved(STATE, is_zip=False)[:-8], DAMAGED),
        (lambda: saved({"a": torch.zeros(1).expand(10**6, 10**6)}), DAMAGED),
        (lambda: saved({"a": 1}), "holds no weights"),
        (lambda: saved({"a": torch.zeros(2, 2).to_sparse()}), "sparse or quantised"),
        (lambda: saved_safely(STATE)[:-1], DAMAGED),
        (lambda: b"\xff" * 7 + b"\x7f" + saved_safely(STATE)[8:], DAMAGED),
        (lambda: header({"a": entry(0, 2**40, [2**38])}, b"1234"), DAMAGED),
        (lambda: header({"a": entry(0, 4, [1]), "b": entry(0, 4, [1])}, b"1234"), DAMAGED),
        (lambda: header({"a": entry(0, 4, [-1])}, b"1234"), DAMAGED),
        (lambda: header({"a": 3}, b"1234"), DAMAGED),
        (lambda: header([1], b"1234"), "is none that weights"),
        (lambda: b'{"a": 1}' * 9, DAMAGED),
        (lambda: b"\n<!DOCTYPE html><html>404</html>", "is a web page"),
        (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull"),
        (lambda: b"", "is empty"),
        (lambda: bytes(range(1, 200)), "is none that weights can be read from"),
        (lambda: b"\x08\x07\x12\x07pytorch", "is an ONNX program"),
    ],
)
def test_other_files_are_refused_with_a_reason(
    data: Callable[[], bytes], said: str, canary: Path
) -> None:
    with pytest.raises(UserError, match=said):
        read_weights(data(), "model.bin")
    assert not canary.exists()


def test_folder_is_judged_by_the_content_of_its_files(tmp_path: Path) -> None:
    small_bert(tmp_path / "small")
    (tmp_path / "small" / "model.safetensors").write_bytes(saved({"a": Evil()}))
    with pytest.raises(UserError, match=r"model\.safetensors holds program code"):
        recognize(tmp_path / "small")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "holds no weights"),
        (("a.pth", "b.pth"), r"several files of weights: a\.pth, b\.pth"),
    ],
)
def test_folder_without_the_one_file_of_weights_is_refused(
    tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    for name in names:
        (tmp_path / name).write_bytes(saved(STATE))
    with pytest.raises(UserError, match=said):
        checkpoint_at(tmp_path)


@pytest.mark.parametrize("name", ["../model.bin", "/etc/passwd", "..", "a\\b.bin"])
def test_index_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    index = {"weight_map": {"a": name}}
    (tmp_path / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    with pytest.raises(UserError, match="which is not in the model's folder"):
        checkpoint_at(tmp_path)


def test_file_of_a_published_folder_means_the_folder(tmp_path: Path) -> None:
    small_bert(tmp_path)
    for name in ("model.safetensors", "config.json"):
        assert checkpoint_at(tmp_path / name).folder == tmp_path
        assert checkpoint_at(tmp_path / name).has("vocab.txt")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "README.md").write_text("# A model")
    with pytest.raises(UserError, match="The folder other holds no weights"):
        checkpoint_at(tmp_path / "other" / "README.md")


def test_weights_in_several_files_are_joined(tmp_path: Path) -> None:
    small_layoutlm(tmp_path)
    whole = checkpoint_at(tmp_path).weights()
    keys = sorted(whole)
    for number, part in enumerate((keys[:20], keys[20:])):
        data = saved_safely({key: whole[key].contiguous() for key in part})
        (tmp_path / f"part-{number}.safetensors").write_bytes(data)
    index = {"weight_map": {key: f"part-{int(i >= 20)}.safetensors" for i, key in enumerate(keys)}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "model.safetensors").unlink()
    found = recognize(tmp_path)
    assert found.network == "layoutlm"
    assert {"part-0.safetensors", "part-1.safetensors"} <= set(found.files)
    assert checkpoint_at(tmp_path).weights().keys() == whole.keys()


def test_config_that_asks_for_code_is_refused(tmp_path: Path) -> None:
    small_bert(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "modeling.Evil"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match="program code of the model's own"):
        recognize(tmp_path)


def test_huge_names_of_labels_are_cut(tmp_path: Path) -> None:
    small_bert(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["id2label"] = {str(number): f"{number}" + "x" * 10**6 for number in range(5)}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert [len(label) for label in recognize(tmp_path).labels] == [80] * 5


def test_weights_of_an_unknown_network_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(saved_safely(STATE))
    with pytest.raises(UserError, match="of no network that is known here"):
        recognize(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(UserError, match="The network gpt2 is not one"):
        recognize(tmp_path)


def test_network_before_its_training_for_a_task_is_refused(tmp_path: Path) -> None:
    small_bert(tmp_path)
    state = checkpoint_at(tmp_path).weights()
    body = {key: value for key, value in state.items() if not key.startswith("classifier")}
    (tmp_path / "model.safetensors").write_bytes(saved_safely(body))
    with pytest.raises(UserError, match="before it was trained"):
        recognize(tmp_path)


def field(number: int, value: bytes | int) -> bytes:
    """A field of a protobuf message; numbers below 128 only."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def onnx(*, domain: bytes = b"", location: bytes = b"", deep: int = 0, own: bytes = b"") -> bytes:
    node = field(4, b"Relu") + field(7, domain)
    graph = field(1, node)
    if location:
        place = field(1, b"location") + field(2, location)
        graph += field(5, field(13, place) + field(14, 1))
    for _level in range(deep):
        graph = field(1, field(4, b"If") + field(5, field(6, graph)))
    functions = field(25, field(1, b"f") + field(10, own)) if own else b""
    return field(1, 7) + field(2, b"test") + field(7, graph) + functions


def test_onnx_of_known_operators_passes(tmp_path: Path) -> None:
    (tmp_path / "weights.data").write_bytes(b"1")
    (tmp_path / "m.onnx").write_bytes(onnx(location=b"weights.data", deep=3))
    assert check_onnx(tmp_path / "m.onnx") == ("weights.data",)
    (tmp_path / "m.onnx").write_bytes(onnx(domain=b"com.microsoft"))
    assert check_onnx(tmp_path / "m.onnx") == ()
    (tmp_path / "m.onnx").write_bytes(onnx(domain=b"local", own=b"local"))
    assert check_onnx(tmp_path / "m.onnx") == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (onnx(domain=b"evil.ops"), "needs an add-on we do not load"),
        (onnx(domain=b"evil.ops", deep=2), "needs an add-on we do not load"),
        (onnx(location=b"../secret"), "not a file of its own"),
        (onnx(location=b"/etc/passwd"), "not a file of its own"),
        (onnx(location=b"absent"), "not a file of its own"),
        (onnx(location=b"link"), "not a file of its own"),
        (onnx(location=b"hard"), "not a file of its own"),
        (onnx(deep=300), "no ONNX program, or was cut short"),
        (onnx()[:-3], "no ONNX program, or was cut short"),
        (b"<html>404</html>", "no ONNX program, or was cut short"),
        (b"\x0f" * 40, "no ONNX program, or was cut short"),
    ],
)
def test_onnx_that_reaches_outside_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "secret").write_bytes(b"1")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "hard").hardlink_to(tmp_path / "secret")
    (folder / "m.onnx").write_bytes(data)
    with pytest.raises(UserError, match=said):
        check_onnx(folder / "m.onnx")
