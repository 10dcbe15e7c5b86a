"""Networks that label words: loaded through our path, compared with independent constructions."""

# ruff: noqa: ANN401 - modules, networks and options of several kinds

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from checkpoint_keys import published_keys
from small_models import (
    LABELS,
    SIZES,
    small_bert,
    small_layoutlm,
    small_layoutlmv2,
    small_tagger,
    write_vocabulary,
)
from torch import Tensor
from torch.nn import functional

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.models import bert, layoutlm, layoutlmv2, resnext_fpn, tagger
from model_backend.models.entity_network import EntityNetwork

CLOSE = 1e-5


def added(folder: Path) -> Any:
    found = recognize(folder)
    return install(record_of(found, Answers()), found.files)


def loaded(folder: Path, module: Any) -> EntityNetwork:
    model = added(folder)
    network = module.load(checkpoint_of(model), model)
    assert isinstance(network, EntityNetwork)
    return network


def an_input(count: int = 2, length: int = 20) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(11)
    ids = torch.randint(5, SIZES["vocab_size"], (count, length), generator=generator)
    corners = torch.randint(0, 900, (count, length, 2), generator=generator)
    sizes = torch.randint(0, 100, (count, length, 2), generator=generator)
    mask = torch.ones(count, length, dtype=torch.long)
    mask[-1, length - 5 :] = 0
    picture = torch.randint(0, 256, (count, 3, 224, 224), generator=generator, dtype=torch.uint8)
    return ids, torch.cat([corners, corners + sizes], -1), mask, picture


@torch.inference_mode()
def test_bert_says_what_transformers_says(tmp_path: Path) -> None:
    reference = small_bert(tmp_path / "small bert")
    ids, boxes, mask, _picture = an_input()
    ours = loaded(tmp_path / "small bert", bert).module(ids, boxes, mask, None)
    assert (ours - reference(ids, attention_mask=mask).logits).abs().max() < CLOSE


@torch.inference_mode()
def test_layoutlm_says_what_transformers_says(tmp_path: Path) -> None:
    reference = small_layoutlm(tmp_path / "small")
    ids, boxes, mask, _picture = an_input()
    network = loaded(tmp_path / "small", layoutlm)
    theirs = reference(ids, bbox=boxes, attention_mask=mask).logits
    assert (network.module(ids, boxes, mask, None) - theirs).abs().max() < CLOSE
    assert (network.start_box, network.end_box) == ((0, 0, 0, 0), (1000, 1000, 1000, 1000))


@torch.inference_mode()
def test_authors_layoutlm_says_the_same_as_the_published_folder(tmp_path: Path) -> None:
    reference = small_layoutlm(tmp_path / "published")
    folder = tmp_path / "authors"
    folder.mkdir()
    state = {key.replace("layoutlm.", "bert.", 1): v for key, v in reference.state_dict().items()}
    torch.save(state, folder / "pytorch_model.bin")
    config = json.loads((tmp_path / "published" / "config.json").read_text())
    del config["architectures"], config["model_type"]
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "bert"}))
    write_vocabulary(folder)
    ids, boxes, mask, _picture = an_input()
    ours = loaded(folder, layoutlm).module(ids, boxes, mask, None)
    theirs = reference(ids, bbox=boxes, attention_mask=mask).logits
    assert (ours - theirs).abs().max() < CLOSE


def test_keys_of_published_folders_are_all_used_and_none_is_missing() -> None:
    with torch.device("meta"):
        networks = {
            "bert-base-uncased": bert.Bert(bert.BertConfig(), 7).network,
            "layoutlm-authors": layoutlm.LayoutLM(layoutlm.LayoutLMConfig(), 7).network,
            "layoutlmv2-base-uncased": layoutlmv2.LayoutLMv2(
                layoutlmv2.LayoutLMv2Config(), resnext_fpn.ResNeXtConfig(), 7
            ),
        }
    counters = ("num_batches_tracked", "position_ids")
    for name, network in networks.items():
        published = {key for key in published_keys(name) if not key.endswith(counters)}
        ours = {key.replace("layoutlm.", "bert.") for key in network.state_dict()}
        assert ours == published, name
    eyes = networks["layoutlmv2-base-uncased"].layoutlmv2.visual.backbone
    learnt = sum(v.numel() for key, v in eyes.state_dict().items() if ".norm." not in key)
    assert round(learnt / 1e6, 1) == 89.9


@torch.inference_mode()
def test_layoutlmv2_says_what_transformers_wiring_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """transformers' own forward pass, with our backbone in the place of detectron2's."""
    from transformers import LayoutLMv2Config, LayoutLMv2ForTokenClassification
    from transformers.models.layoutlmv2 import modeling_layoutlmv2 as theirs

    own = small_layoutlmv2(tmp_path / "small")
    eyes = own.layoutlmv2.visual
    monkeypatch.setattr(theirs, "requires_backends", lambda *_names: None)
    monkeypatch.setattr(theirs, "LayoutLMv2VisualBackbone", lambda _config: torch.nn.Identity())
    monkeypatch.setattr(LayoutLMv2ForTokenClassification, "post_init", lambda _self: None)
    monkeypatch.setattr(theirs.LayoutLMv2Model, "post_init", lambda _self: None)
    sizes = {**SIZES, "coordinate_size": 4, "shape_size": 4, "image_feature_pool_shape": [7, 7, 12]}
    reference = LayoutLMv2ForTokenClassification(LayoutLMv2Config(**sizes)).eval()
    reference.layoutlmv2.visual = eyes
    missing, unexpected = reference.load_state_dict(own.state_dict(), strict=False)
    assert (missing, unexpected) == ([], [])
    ids, boxes, mask, picture = an_input()
    expected = reference(ids, bbox=boxes, image=picture, attention_mask=mask).logits[:, :20]
    ours = loaded(tmp_path / "small", layoutlmv2).module(ids, boxes, mask, picture)
    assert (ours - expected).abs().max() < CLOSE


@torch.inference_mode()
def test_eyes_are_those_of_the_papers(tmp_path: Path) -> None:
    """The whole backbone again, written as a row of torch's functions over the weights by name."""
    own = small_layoutlmv2(tmp_path / "small").layoutlmv2.visual
    state = own.state_dict()
    picture = an_input()[3]

    def normed(x: Tensor, name: str, **how: Any) -> Tensor:
        weight = state[f"{name}.weight"]
        x = functional.conv2d(x, weight, padding=weight.shape[-1] // 2, **how)
        norm = [
            state[f"{name}.norm.{k}"] for k in ("running_mean", "running_var", "weight", "bias")
        ]
        return functional.batch_norm(x, *norm, eps=1e-5)

    means = torch.tensor([103.53, 116.28, 123.675])[:, None, None]
    x = (picture.float() - means) / torch.tensor([57.375, 57.12, 58.395])[:, None, None]
    x = functional.relu(normed(x, "backbone.bottom_up.stem.conv1", stride=2))
    x = functional.max_pool2d(x, 3, 2, 1)
    stages = []
    for stage, count in enumerate((3, 4, 6, 3)):
        for block in range(count):
            name = f"backbone.bottom_up.res{stage + 2}.{block}"
            stride = 2 if stage and not block else 1
            y = functional.relu(normed(x, f"{name}.conv1"))
            y = functional.relu(normed(y, f"{name}.conv2", stride=stride, groups=2))
            past = x if block else normed(x, f"{name}.shortcut", stride=stride)
            x = functional.relu(normed(y, f"{name}.conv3") + past)
        stages.append(x)
    level = torch.zeros(1)
    for stage in (3, 2, 1, 0):
        name = f"backbone.fpn_lateral{stage + 2}"
        lateral = functional.conv2d(stages[stage], state[f"{name}.weight"], state[f"{name}.bias"])
        larger = level.repeat_interleave(2, 2).repeat_interleave(2, 3) if stage < 3 else 0.0
        level = lateral + larger
    output = [state[f"backbone.fpn_output2.{part}"] for part in ("weight", "bias")]
    finest = functional.conv2d(level, *output, padding=1)
    pooled = functional.avg_pool2d(finest, 8)
    assert finest.shape[-2:] == (56, 56)
    assert (own(picture) - pooled.flatten(2).mT).abs().max() < CLOSE * pooled.abs().max()


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@torch.inference_mode()
def test_tagger_gives_the_marginals_of_all_sequences(tmp_path: Path, cell: str) -> None:
    small_tagger(tmp_path / "small", cell)
    network = loaded(tmp_path / "small", tagger)
    ids, boxes, mask, _picture = an_input(2, 4)
    mask[1, 3] = 0
    module: Any = network.module
    seen: list[Tensor] = []
    module.emission.register_forward_hook(lambda _module, _given, said: seen.append(said))
    marginals = module(ids, boxes, mask, None)
    crf = module.crf
    for row, length in ((0, 4), (1, 3)):
        emissions = seen[0][row]
        sums = torch.zeros(length, len(LABELS))
        for tags in itertools.product(range(len(LABELS)), repeat=length):
            score = crf.starts[tags[0]] + crf.ends[tags[-1]]
            score += sum(emissions[token, tag] for token, tag in enumerate(tags))
            score += sum(crf.transitions[a, b] for a, b in itertools.pairwise(tags))
            for token, tag in enumerate(tags):
                sums[token, tag] += score.exp()
        expected = (sums / sums.sum(-1, keepdim=True)).log()
        assert (marginals[row, :length] - expected).abs().max() < 1e-4


def test_padding_changes_nothing(tmp_path: Path) -> None:
    small_tagger(tmp_path / "small")
    module = loaded(tmp_path / "small", tagger).module
    ids, boxes, mask, _picture = an_input(2, 12)
    with torch.inference_mode():
        both = module(ids, boxes, mask, None)
        alone = module(ids[1:, :7], boxes[1:, :7], mask[1:, :7], None)
    assert (both[1, :7] - alone[0]).abs().max() < CLOSE


def _broken(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hidden_size": "24"}, "impossible value of hidden_size"),
        ({"num_hidden_layers": 10**6}, "impossible value of num_hidden_layers"),
        ({"vocab_size": -1}, "impossible value of vocab_size"),
        ({"num_attention_heads": 5}, "do not make a network"),
        ({"hidden_act": "system"}, "do not make a network"),
        ({"num_hidden_layers": 3}, "lack what LayoutLM needs"),
        ({"num_hidden_layers": 1}, "LayoutLM does not know"),
        ({"intermediate_size": 99_999}, "wrong shape"),
        ({"max_2d_position_embeddings": 600}, "impossible value of max_2d_position_embeddings"),
        ({"auto_map": {"AutoModel": "evil.Model"}}, "program code of the model's own"),
    ],
)
def test_config_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    small_layoutlm(tmp_path / "small")
    model = added(tmp_path / "small")
    _broken(tmp_path / "small", **changes)
    linked = replace(checkpoint_of(model), folder=tmp_path / "small", expected={})
    with pytest.raises(UserError, match=said):
        layoutlm.load(linked, model)


def test_foreign_vocabulary_is_refused(tmp_path: Path) -> None:
    small_bert(tmp_path / "small", vocab_size=20)
    with pytest.raises(UserError, match=r"vocab\.txt does not belong to these weights"):
        loaded(tmp_path / "small", bert)


def test_vocabulary_without_the_special_pieces_is_refused(tmp_path: Path) -> None:
    small_bert(tmp_path / "small")
    text = (tmp_path / "small" / "vocab.txt").read_text(encoding="utf-8")
    (tmp_path / "small" / "vocab.txt").write_text(text.replace("[SEP]", "</s>"), encoding="utf-8")
    with pytest.raises(UserError, match=r"vocab\.txt lacks the pieces \[UNK\], \[CLS\], \[SEP\]"):
        loaded(tmp_path / "small", bert)


def test_case_counts_where_the_vocabulary_has_capitals(tmp_path: Path) -> None:
    """The folders of the first cased models hold a vocab.txt and no word about case."""
    small_bert(tmp_path / "small", vocab_size=SIZES["vocab_size"] + 1)
    with (tmp_path / "small" / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("Name\n")
    pieces = loaded(tmp_path / "small", bert).pieces
    assert pieces.pieces(["Name", "name"]) == [[SIZES["vocab_size"]], [5]]


@pytest.mark.parametrize("box", [None, [1000, 1000, 1000, 1000]])
def test_layoutlmv2_ends_with_the_box_it_was_trained_with(
    tmp_path: Path, box: list[int] | None
) -> None:
    """The authors trained with zero; transformers with 1000, as its tokenizer's file says."""
    small_layoutlmv2(tmp_path / "small")
    config = {} if box is None else {"sep_token_box": box}
    (tmp_path / "small" / "tokenizer_config.json").write_text(json.dumps(config))
    network = loaded(tmp_path / "small", layoutlmv2)
    assert list(network.end_box) == (box or [0, 0, 0, 0])
    assert network.start_box == (0, 0, 0, 0)


@pytest.mark.parametrize("box", [3, [1, 2], [0, 0, 1001, 0], [0, 0, 0.5, 0], "1000"])
def test_box_that_is_none_is_refused(box: object) -> None:
    with pytest.raises(UserError, match=r"tokenizer_config\.json has an impossible value of sep"):
        layoutlmv2.end_box_of({"sep_token_box": box})


def test_missing_vocabulary_is_named(tmp_path: Path) -> None:
    small_bert(tmp_path / "small")
    (tmp_path / "small" / "vocab.txt").unlink()
    with pytest.raises(UserError, match=r"lacks vocab\.txt"):
        loaded(tmp_path / "small", bert)


def test_published_tokenizer_files_are_read_as_they_are(tmp_path: Path) -> None:
    """Hugging Face writes 1e30 as a whole number; vocabularies hold line separators as pieces."""
    small_bert(tmp_path / "small", vocab_size=SIZES["vocab_size"] + 1)
    text = json.dumps({"model_max_length": int(1e30), "do_lower_case": False})
    (tmp_path / "small" / "tokenizer_config.json").write_text(text)
    with (tmp_path / "small" / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("\u2028\r\n")
    pieces = loaded(tmp_path / "small", bert).pieces
    assert pieces.tokenizer.token_to_id("\u2028") == SIZES["vocab_size"]
    assert pieces.pieces(["name", "NAME"])[1] == [pieces.unknown]


def test_tokenizer_file_is_taken_before_the_vocabulary(tmp_path: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece

    small_bert(tmp_path / "small")
    numbers = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "total": 4}
    tokenizer = Tokenizer(WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.enable_truncation(1)
    tokenizer.save(str(tmp_path / "small" / "tokenizer.json"))
    assert loaded(tmp_path / "small", bert).pieces.pieces(["total", "name"]) == [[4], [1]]


def test_words_are_cut_as_transformers_cuts_them(tmp_path: Path) -> None:
    from transformers import BertTokenizer

    small_bert(tmp_path / "small")
    pieces = loaded(tmp_path / "small", bert).pieces
    reference = BertTokenizer.from_pretrained(tmp_path / "small", local_files_only=True)
    words = ["Name:", "DATES", "Straße", "é-mail", "$12.50", "漢字", "a" * 120, " "]
    for word, own in zip(words, pieces.pieces(words), strict=True):
        theirs = reference.encode(word, add_special_tokens=False)
        assert own == (theirs or [pieces.unknown]), word
    assert (pieces.start, pieces.end, pieces.padding) == (2, 3, 0)
