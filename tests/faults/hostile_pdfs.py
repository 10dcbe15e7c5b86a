"""Hostile and odd PDFs, made as rows B1 to B36 of the catalogue of bad inputs say."""

from __future__ import annotations

import random
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pymupdf

Make = Callable[[Path], None]

HELLO = b"BT /F 12 Tf 20 50 Td (hello) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
LETTER = b"/MediaBox [0 0 612 792]"
IMAGE = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d "


def stream(data: bytes, entries: bytes = b"<< ") -> bytes:
    """A stream object with these entries of its dictionary, which is not closed yet."""
    return entries + b"/Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def flate(data: bytes, entries: bytes = b"<< ") -> bytes:
    """A compressed stream."""
    return stream(zlib.compress(data, 9), entries + b"/Filter /FlateDecode ")


def document(
    *more: bytes,
    page: bytes = b"",
    content: bytes = stream(HELLO),
    resources: bytes = b"",
    pages: bytes = b"/Count 1 /Kids [3 0 R]",
    catalog: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of one page: catalog 1, pages 2, page 3, content 4, font 5, and `more` from 6 on."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 200 100]"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages " + pages + b" >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> "
        + (resources + b" >> " + box + page + b" >>"),
        content,
        FONT,
        *more,
    )
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer << /Root 1 0 R /Size %d %s >>\n" % (len(objects) + 1, trailer)
    return data + b"startxref\n%d\n%%%%EOF\n" % start


def written(data: bytes) -> Make:
    """Just these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def odd_page(entries: bytes) -> Make:
    """A page that says "hello", with these entries of its own."""
    return written(document(page=entries))


def odd_pages(entries: bytes) -> Make:
    """A page that says "hello" in a page tree with these entries."""
    return written(document(pages=entries))


def lines(count: int) -> bytes:
    """So many random lines across a letter page."""
    chance = random.Random(20)  # noqa: S311 - a fixed seed is the point
    ends = ((chance.randrange(612), chance.randrange(792)) for _ in range(2 * count))
    pairs = zip(ends, ends, strict=True)
    return b"\n".join(b"%d %d m %d %d l S" % (*start, *end) for start, end in pairs)


def forms(levels: int, fan: int) -> bytes:
    """Forms within forms: `fan` to the power of `levels` rectangles."""
    head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] "
    inner = [stream(b"0 0 1 1 re f", head)]
    for level in range(levels):
        resources = b"/Resources << /XObject << /X %d 0 R >> >> " % (6 + level)
        inner.append(stream(b"/X Do " * fan, head + resources))
    return document(
        *inner,
        page=LETTER,
        content=stream(b"/X Do"),
        resources=b"/XObject << /X %d 0 R >>" % (6 + levels),
    )


COLOUR = b"/ColorSpace /DeviceRGB "


def picture(
    width: int, height: int, data: bytes, *, entries: bytes = COLOUR, bits: int = 8
) -> bytes:
    """A letter page that one picture with these data covers."""
    return document(
        stream(data, IMAGE % (width, height, bits) + entries),
        page=LETTER,
        content=stream(b"612 0 0 792 0 0 cm /I Do"),
        resources=b"/XObject << /I 6 0 R >>",
    )


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)  # noqa: S311 - a fixed seed is the point


def _tiling() -> bytes:
    cell = b"<< /Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] "
    return document(
        stream(b"0 0 .005 .005 re f", cell + b"/XStep 0.01 /YStep 0.01 /Resources << >> "),
        page=LETTER,
        content=stream(b"/Pattern cs /P scn 0 0 612 792 re f"),
        resources=b"/Pattern << /P 6 0 R >>",
    )


def _type3() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0]"
        b" /FirstChar 97 /LastChar 97 /Widths [10] /Encoding << /Differences [97 /a] >>"
        b" /CharProcs << /a 7 0 R >> /Resources << /Font << /T 6 0 R >> >> >>"
    )
    glyph = stream(b"10 0 d0 BT /T 1 Tf (a) Tj ET 0 0 5 5 re f")
    return document(
        font,
        glyph,
        content=stream(b"BT /T 12 Tf 20 50 Td (aaa) Tj ET"),
        resources=b"/Font << /T 6 0 R >>",
    )


def _protected(**options: object) -> Make:
    def make(path: Path) -> None:
        with pymupdf.open("pdf", document()) as opened:
            opened.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, **options)

    return make


def _unknown_handler() -> bytes:
    encrypt = b"<< /Filter /Acme.Lock /V 4 /R 4 /Length 128 /O (x) /U (y) /P -4 >>"
    return document(encrypt, trailer=b"/Encrypt 6 0 R /ID [(a) (a)]")


def _with_actions(canary: str, address: str) -> bytes:
    """JavaScript, Launch, URI, an embedded file and a form of XFA: all of it must stay asleep."""
    script = f"app.launchURL('{address}'); this.exportDataObject({{cName: 'x', nLaunch: 2}});"
    launch = f"<< /S /Launch /F ({canary}) /Unix << /F (/bin/sh -c 'touch {canary}') >> >>"
    return document(
        f"<< /S /JavaScript /JS ({script}) >>".encode(),
        launch.encode(),
        f"<< /S /URI /URI ({address}) >>".encode(),
        stream(b"touch me", b"<< /Type /EmbeddedFile "),
        b"<< /Type /Filespec /F (x.sh) /EF << /F 9 0 R >> >>",
        stream(
            f'<x:xdp xmlns:x="x"><template><image href="{address}"/></template></x:xdp>'.encode()
        ),
        page=b"/AA << /O 7 0 R >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9]"
        b" /A 8 0 R >>]",
        catalog=b"/OpenAction 6 0 R /AA << /WC 7 0 R >> /Names << /JavaScript << /Names [(a)"
        b" 6 0 R] >> /EmbeddedFiles << /Names [(x) 10 0 R] >> >> /AcroForm << /Fields []"
        b" /XFA 11 0 R >>",
    )


def _prev_loop() -> bytes:
    data = document()
    start = data.rindex(b"startxref")
    place = int(data[start:].split()[1])
    return data.replace(b"trailer << ", b"trailer << /Prev %d " % place)


def _pages(count: int) -> Make:
    def make(path: Path) -> None:
        with pymupdf.open() as opened:
            for _ in range(count):
                opened.new_page(width=200, height=100)
            opened.save(path)

    return make


def _flipped(seed: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - a fixed seed is the point
    data = bytearray(document())
    for _ in range(8):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _bomb(megabytes: int) -> bytes:
    """Much of nothing: spaces, in a stream that shrinks to a thousandth."""
    return flate(b" " * (megabytes * 2**20) + HELLO)


def _cut_report(samples: Path) -> Make:
    data = (samples / "report.pdf").read_bytes()
    return written(data[: len(data) // 2])


def files(samples: Path, canary: str, address: str) -> dict[str, Make]:
    """What to make, by the name of the file; `canary` must never come to be."""
    whole = document()
    twenty = {f"B32 flipped {seed:02}.pdf": written(_flipped(seed)) for seed in range(20)}
    return {
        "B1 empty.pdf": written(b""),
        "B2 random.pdf": written(_noise(65_536)),
        "B3 cut in half.pdf": _cut_report(samples),
        "B4 header only.pdf": written(b"%PDF-1.7\n"),
        "B5 no xref.pdf": written(whole[: whole.index(b"xref\n0")]),
        "B6 prev loop.pdf": written(_prev_loop()),
        "B7 tree cycle.pdf": odd_pages(b"/Count 2 /Kids [3 0 R 2 0 R]"),
        "B8 count.pdf": odd_pages(b"/Count 2147483647 /Kids [3 0 R]"),
        "B9 endless page.pdf": odd_page(b"/MediaBox [0 0 1000000000 1000000000]"),
        "B10 200 inches.pdf": odd_page(b"/MediaBox [0 0 14400 14400]"),
        "B11 zero box.pdf": odd_page(b"/MediaBox [0 0 0 0]"),
        "B11 inverted box.pdf": odd_page(b"/MediaBox [200 100 0 0]"),
        "B11 garbage box.pdf": odd_page(b"/MediaBox [(a) /b null 7]"),
        "B11 nan box.pdf": odd_page(b"/MediaBox [0 0 nan inf]"),
        "B13 double flate.pdf": written(_double_flate()),
        "B14 huge one-bit picture.pdf": written(_one_bit(12_000)),
        "B15 picture without data.pdf": written(picture(30_000, 30_000, b"\x40" * 1000)),
        "B16 nested arrays.pdf": written(document(b"[" * 100_000 + b"]" * 100_000)),
        "B16 nested in the page.pdf": odd_page(b"/X " + b"[" * 100_000 + b"]" * 100_000),
        "B17 form in itself.pdf": written(_form_in_itself()),
        "B21 user password.pdf": _protected(user_pw="open me", owner_pw="own me"),
        "B22 owner password.pdf": _protected(owner_pw="own me", permissions=pymupdf.PDF_PERM_PRINT),
        "B23 unknown lock.pdf": written(_unknown_handler()),
        "B24 actions.pdf": written(_with_actions(canary, address)),
        "B25 rotate 45.pdf": odd_page(b"/Rotate 45"),
        "B25 rotate 450.pdf": odd_page(b"/Rotate 450"),
        "B26 user unit 10000.pdf": odd_page(b"/UserUnit 10000"),
        "B26 user unit negative.pdf": odd_page(b"/UserUnit -3"),
        "B27 crop outside.pdf": odd_page(b"/CropBox [500 500 600 600]"),
        "B27 crop half outside.pdf": odd_page(b"/CropBox [100 20 600 600]"),
        "B28 no pages.pdf": odd_pages(b"/Count 0 /Kids []"),
        "B28 minus one page.pdf": odd_pages(b"/Count -1 /Kids [3 0 R]"),
        "B29 300 pages.pdf": _pages(300),
        "B30 font in itself.pdf": written(_type3()),
        "B31 corrupt DCT.pdf": written(_broken_picture(b"/DCTDecode", b"\xff\xd8\xff\xe0")),
        "B31 corrupt JPX.pdf": written(_broken_picture(b"/JPXDecode", b"\xff\x4f\xff\x51")),
        "B31 corrupt JBIG2.pdf": written(_broken_picture(b"/JBIG2Decode", b"")),
        "B31 corrupt CCITT.pdf": written(_broken_picture(b"/CCITTFaxDecode", b"")),
        **twenty,
        "B34 no text layer.pdf": written(picture(60, 80, b"\xff" * 60 * 80 * 3)),
        "B52 really a PDF.png": written(whole),
        "B83 archive.zip.pdf": _archive("zip"),
        "B83 archive.tar": _archive("tar"),
        "B83 archive.tar.gz": _archive("gztar"),
    }


def slow_files() -> dict[str, Make]:
    """What never ends, or nearly so."""
    return {
        "B12 stream bomb.pdf": written(document(content=_bomb(600), page=LETTER)),
        "B14 huge one-bit picture.pdf": written(_one_bit(65_000)),
        "B18 form fan-out.pdf": written(forms(12, 10)),
        "B19 fine tiling.pdf": written(_tiling()),
        "B20 a million lines.pdf": written(
            document(page=LETTER, content=flate(lines(1_000_000)))
        ),
    }  # fmt: skip


def _double_flate() -> bytes:
    inner = zlib.compress(HELLO + b" " * 2**26, 9)
    return document(
        content=stream(
            zlib.compress(inner, 9), b"<< /Filter [/FlateDecode /FlateDecode] "
        )
    )  # fmt: skip


def _archive(kind: str) -> Make:
    """An archive with a PDF in it, whatever it is called."""

    def make(path: Path) -> None:
        with tempfile.TemporaryDirectory() as room:
            (Path(room) / "in").mkdir()
            (Path(room) / "in/page.pdf").write_bytes(document())
            made = shutil.make_archive(f"{room}/made", kind, f"{room}/in")
            shutil.move(made, path)

    return make


def _one_bit(side: int) -> bytes:
    squeeze = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    data = b"".join(squeeze.compress(row * 100) for _ in range(side // 100)) + squeeze.flush()
    entries = b"/ColorSpace /DeviceGray /Filter /FlateDecode "
    return picture(side, side, data, entries=entries, bits=1)


def _form_in_itself() -> bytes:
    head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 100] "
    form = stream(b"/X Do " + HELLO, head + b"/Resources << /XObject << /X 6 0 R >> >> ")
    return document(form, content=stream(b"/X Do"), resources=b"/XObject << /X 6 0 R >>")


def _broken_picture(name: bytes, head: bytes) -> bytes:
    entries = b"/ColorSpace /DeviceGray /Filter " + name + b" "
    bits = 1 if name in (b"/JBIG2Decode", b"/CCITTFaxDecode") else 8
    return picture(600, 800, head + _noise(4000), entries=entries, bits=bits)
