"""What a file is, whatever it is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from model_backend.errors import UserError
from model_backend.sources import inspect, media_type, sha256


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"junk before\n%PDF-1.4\n", "application/pdf"),
        (b"%\xe2\xe3\xcf\xd3\n1 0 obj \n<<", "application/pdf"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00+", "image/tiff"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"BM\x00\x00", "image/bmp"),
        (b"GIF89a", "image/gif"),
    ],
)
def test_media_type_by_first_bytes_ignores_the_name(
    tmp_path: Path, data: bytes, expected: str
) -> None:
    assert media_type(written(tmp_path, "wrong.xyz", data)) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!doctype html><html>", "a web page"),
        (b"\n  <html>", "a web page"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript file"),
        (b"PK\x03\x04....", "a ZIP archive or an office document"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIC picture or a video"),
        (b"<svg xmlns='x'/>", "an SVG drawing"),
        (b"\x00\x01\x02\x03", "of an unknown kind"),
    ],
)
def test_foreign_file_error_names_what_it_is(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        inspect(written(tmp_path, "scan.png", data))
    assert "scan.png" in str(caught.value)


def test_empty_file_error_says_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.pdf is empty"):
        inspect(written(tmp_path, "a.pdf", b""))


def test_missing_file_error_says_not_found(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be found"):
        inspect(tmp_path / "gone.pdf")


def test_name_with_zero_byte_error_says_not_found() -> None:
    with pytest.raises(UserError, match="cannot be found"):
        inspect(Path("a\0b.pdf"))


def test_folder_named_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").mkdir()
    with pytest.raises(UserError, match="is not a file"):
        inspect(tmp_path / "x.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.pdf")
    with pytest.raises(UserError, match="is not a file"):
        inspect(tmp_path / "x.pdf")


@pytest.mark.parametrize(
    ("error", "said"),
    [(PermissionError(13, "no"), "may not be read"), (OSError(5, "Input/output error"), "Input")],
)
def test_file_that_cannot_be_read_error_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    path = written(tmp_path, "a.pdf", b"%PDF-1.7")

    def refuse(*_arguments: object) -> None:  # root may read everything, so it is acted
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UserError, match=said):
        inspect(path)


def test_sha256_known_bytes_known_digest(tmp_path: Path) -> None:
    path = written(tmp_path, "a", b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
