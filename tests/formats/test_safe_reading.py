"""Files and names from elsewhere: the hostile ones are refused in a line, nothing leads outside."""

from __future__ import annotations

import codecs
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model_backend.errors import UserError
from model_backend.formats import safe_json, safe_xml
from model_backend.formats.safe_path import SafeNames, resolve_inside, safe_stem

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcé☑", max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def put(folder: Path, data: bytes) -> Path:
    path = folder / "file.json"
    path.write_bytes(data)
    return path


@given(json_values)
def test_plain_json_is_read_as_python_reads_it(value: Any) -> None:  # noqa: ANN401 - any JSON
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert safe_json.loads(text, Path("x")) == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_and_utf_16_are_read(tmp_path: Path, encoding: str) -> None:
    value = {"images": [{"id": 1, "name": "서명 ☑ 😀"}, {"id": 2}], "info": {"é": 1.5}}
    path = put(tmp_path, json.dumps(value, ensure_ascii=False, indent=1).encode(encoding))
    assert safe_json.load(path) == value
    reader = safe_json.ElementReader(path)
    parts = list(reader.elements())
    assert [(key, part) for key, part, _ in parts] == [
        ("images", value["images"][0]),  # type: ignore[index]
        ("images", {"id": 2}),
        ("info", {"é": 1.5}),
    ]
    with path.open("rb") as file:
        assert [reader.read(file, place) for *_, place in parts] == [part for _, part, _ in parts]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": NaN}', "number NaN"),
        (b'{"a": -Infinity}', "number -Infinity"),
        (b'{"a": 1e999}', "number 1e999"),
        (b'{"a": 9007199254740993}', "cannot be kept"),
        (b'{"a": ' + b"9" * 5000 + b"}", "cannot be kept"),
        (b'{"a": 1, "a": 2}', "'a' twice"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "\\udc00\\ud800"}', "surrogate"),
        (b"[" * 200_000, "too deeply"),
        (b'{"a":' * 200_000, "too deeply"),
        (b'{"a": 1} x', "not valid JSON"),
        (b'{"a": ', "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        ('{"a": "é"}'.encode("latin-1"), "byte 7"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "not valid JSON"),
    ],
)  # fmt: skip
def test_hostile_json_is_refused_by_name(tmp_path: Path, data: bytes, words: str) -> None:
    path = put(tmp_path, data)
    with pytest.raises(UserError, match=words) as caught:
        safe_json.load(path)
    assert "file.json" in str(caught.value)
    with pytest.raises(UserError):
        list(safe_json.ElementReader(path).elements())


def test_surrogate_pair_is_one_character(tmp_path: Path) -> None:
    assert safe_json.load(put(tmp_path, b'["\\ud83d\\ude00"]')) == ["😀"]


def test_too_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(safe_json.MAXIMUM_BYTES + 1)
    with pytest.raises(UserError, match="65|64"):
        safe_json.load(path)
    with pytest.raises(UserError, match="not a regular file"):
        safe_json.load(tmp_path)


def test_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = put(tmp_path, b"{}")
    monkeypatch.setattr(Path, "open", forbidden)  # root may read everything
    for load in (safe_json.load, safe_json.ElementReader, safe_xml.load):
        with pytest.raises(UserError, match=r"file\.json may not be read"):
            load(path)


@settings(max_examples=40, deadline=None)
@example({"a": 9007199254740994.0}, 1, "utf-8")
@given(
    st.dictionaries(st.text("abcé☑", min_size=1, max_size=5), json_values, max_size=5),
    st.integers(1, 40),
    st.sampled_from(["utf-8", "utf-16", "utf-16-be"]),
)
def test_elements_are_the_same_however_the_file_is_cut(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any], chunk: int, encoding: str
) -> None:
    path = put(
        tmp_path_factory.getbasetemp(), json.dumps(value, ensure_ascii=False).encode(encoding)
    )
    wanted = [
        (key, item)
        for key, found in value.items()
        for item in (found if isinstance(found, list) else [found])
    ]
    plain, safe_json._CHUNK = safe_json._CHUNK, chunk
    plain_defaults = safe_json._Window._more.__defaults__
    safe_json._Window._more.__defaults__ = (chunk,)
    try:
        reader = safe_json.ElementReader(path)
        parts = list(reader.elements())
    finally:
        safe_json._CHUNK = plain
        safe_json._Window._more.__defaults__ = plain_defaults
    assert [(key, item) for key, item, _ in parts] == wanted
    with path.open("rb") as file:
        assert [reader.read(file, place) for *_, place in parts] == [item for _, item in wanted]


BROKEN = (b"[]", b'{"a": [1, 2}', b'{"a": [1 2]}', b'{"a" 1}', b"{} {}", b'{"a": 1,}')


@pytest.mark.parametrize("data", BROKEN)
def test_elements_of_broken_files_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UserError, match="not valid JSON"):
        list(safe_json.ElementReader(put(tmp_path, data)).elements())


def test_wrong_encoding_inside_a_stream_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, b'{"a": ["\xff"]}')
    with pytest.raises(UserError, match="not UTF-8"):
        list(safe_json.ElementReader(path).elements())


BOMB = """<!DOCTYPE a [<!ENTITY a0 "ha">{}]><a>&a9;</a>""".format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        f'<!DOCTYPE a [<!ENTITY b "{"x" * 100_000}">]><a>{"&b;" * 1000}</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]><a/>',
        "<a>" * 200_000,
        "<a>" + "<b/>" * 200_000 + "</a>",
        '<?xml version="1.0" encoding="utf-7"?><a/>',
        '<?xml version="1.0" encoding="no-such"?><a/>',
        "<a>\x00</a>",
        "text",
        "",
    ],
)  # fmt: skip
def test_hostile_xml_is_refused_quickly(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.xml"
    path.write_text(text)
    start = time.process_time()
    with pytest.raises(UserError, match=r"file\.xml"):
        safe_xml.load(path)
    assert time.process_time() - start < 2


def test_utf_16_xml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(codecs.BOM_UTF16_LE + "<a>é</a>".encode("utf-16-le"))
    assert safe_xml.load(path).text == "é"


OUTSIDE = (
    "..", "../x", "a/../../x", "/x", "//host/x", "\\\\host\\share\\x", "..\\x", "C:x", "C:\\x",
    "file:///x", "a:b", "x\0y", "a\nb", "CON", "con.png", "nul", "COM1.txt", "a/LPT9", "", ".",
    "a/..", "~/../../x", "\x7f",
)  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="does not lead to a file inside"):
        resolve_inside(tmp_path, name)


def test_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root, secret = tmp_path / "root", tmp_path / "secret"
    root.mkdir()
    secret.mkdir()
    (secret / "x.png").write_bytes(b"")
    (root / "link").symlink_to(secret)
    (root / "x.png").symlink_to(secret / "x.png")
    (root / "loop").symlink_to(root / "loop")
    for name in ("link/x.png", "x.png", "loop/a"):
        with pytest.raises(UserError):
            resolve_inside(root, name)


parts = st.sampled_from(
    [
        *("..", ".", "a", "b c", "é", "/", "\\", ":", "~", "$HOME"),
        *("%2e%2e", "\x00", "con", "x.png", "//", " "),
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(parts, min_size=1, max_size=7).map("".join) | st.text(max_size=30))
def test_no_name_leads_out(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    root = tmp_path_factory.getbasetemp().resolve()
    try:
        path = resolve_inside(root, name)
    except UserError:
        return
    assert path.is_relative_to(root)
    assert path != root or name.strip("./\\ ") == ""


@given(st.lists(st.text(max_size=40), max_size=8))
def test_file_names_are_legal_and_distinct_everywhere(names: list[str]) -> None:
    known = SafeNames()
    stems = [known.stem(name) for name in names]
    assert len({stem.casefold() for stem in stems}) == len(stems)
    for stem in stems:
        assert stem
        assert len(stem.encode()) <= 160
        assert not set(stem) & set('<>:"/\\|?*\0\n\t')
        assert stem.strip(" .") == stem
        assert resolve_inside(Path("/tmp"), f"{stem}.png")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("82253058_3059", "82253058_3059"),
        ("보고서 1", "보고서 1"),
        ("a/b", "a_b"),
        ("CON", "_CON"),
        ("x.jpg", "x_jpg"),
        ("data.json", "data.js_on"),
        ("a.xml.b", "a_xml.b"),
        ("  . ", "page"),
        ("x" * 300, "x" * 150),
        ("evil\u202egnp", "evil_gnp"),
    ],
)
def test_stem_is_kept_where_it_is_safe(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


def test_twins_by_case_and_accent_get_numbers() -> None:
    known = SafeNames()
    stems = [known.stem(name) for name in ("A", "a", "\u00e9", "e\u0301")]
    assert stems == ["A", "a_2", "\u00e9", "e\u0301_2"]
