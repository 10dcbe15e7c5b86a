"""Label schemas and BIO tags."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model_backend.labels import (
    DEFAULT_SCHEMA,
    ENTITY,
    REGION,
    TABLE_CLASSES,
    decode_bio,
    encode_bio,
)


def test_the_default_schema_has_funsds_labels_and_pubtables_classes() -> None:
    assert [label.name for label in DEFAULT_SCHEMA.of_kind(ENTITY)] == [
        "question", "answer", "header", "other",
    ]  # fmt: skip
    assert {label.name for label in DEFAULT_SCHEMA.of_kind(REGION)} >= {*TABLE_CLASSES}


def test_keys_are_unique_within_a_kind() -> None:
    for kind in (ENTITY, REGION):
        keys = [label.key for label in DEFAULT_SCHEMA.of_kind(kind) if label.key]
        assert len(keys) == len(set(keys))


def test_with_missing_adds_each_name_once_and_takes_no_key_twice() -> None:
    schema = DEFAULT_SCHEMA.with_missing([("total", ENTITY), ("total", ENTITY), ("other", ENTITY)])
    assert len(schema.labels) == len(DEFAULT_SCHEMA.labels) + 1
    total = schema.label("total")
    assert total is not None
    assert total.key == "5"


def test_an_inside_tag_without_its_begin_starts_an_entity() -> None:
    assert decode_bio(["I-A", "I-B", "O", "B-B", "B-B"]) == [
        ("A", 0, 1), ("B", 1, 2), ("B", 3, 4), ("B", 4, 5),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["QUESTION", "ANSWER", None]), st.integers(1, 4))))
def test_decoding_undoes_encoding(runs: list[tuple[str | None, int]]) -> None:
    labels = [label for label, length in runs for _ in range(length)]
    starts = [index == 0 for _, length in runs for index in range(length)]
    expected, position = [], 0
    for label, length in runs:
        if label is not None:
            expected.append((label, position, position + length))
        position += length
    assert decode_bio(encode_bio(labels, starts)) == expected
