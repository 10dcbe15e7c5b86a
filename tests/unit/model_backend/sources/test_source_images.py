"""Pictures: upright, on white, at the right depth; cut off, far too large."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model_backend.document import Box
from model_backend.errors import UserError
from model_backend.sources import inspect, read_page, render, render_image

SIZE = (60, 40)


def marked() -> Image.Image:
    """White with a black block in the upper left corner."""
    image = Image.new("L", SIZE, 255)
    image.paste(0, (0, 0, 20, 10))
    return image


def dark(path: Path, **shown: object) -> tuple[int, ...]:
    """Left, top, right, bottom of what is dark on the rendered page at scale 1."""
    picture = np.asarray(render_image(path, 0, scale=1.0, **shown).convert("L"))  # type: ignore[arg-type]
    ys, xs = np.nonzero(picture < 128)
    return (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_every_exif_orientation_is_shown_upright(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    stored = {
        1: lambda i: i,
        2: lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda i: i.transpose(Image.Transpose.ROTATE_180),
        4: lambda i: i.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda i: i.transpose(Image.Transpose.TRANSPOSE),
        6: lambda i: i.transpose(Image.Transpose.ROTATE_90),
        7: lambda i: i.transpose(Image.Transpose.TRANSVERSE),
        8: lambda i: i.transpose(Image.Transpose.ROTATE_270),
    }[orientation](marked())
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    stored.convert("RGB").save(path, exif=exif)
    size = inspect(path).page_sizes[0]
    assert (size.width, size.height) == SIZE
    assert size.exif_orientation == orientation
    x0, y0, x1, y1 = dark(path)
    assert (x0, y0) == (0, 0)
    assert abs(x1 - 20) <= 1
    assert abs(y1 - 10) <= 1


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, (0, 0, 20, 10)),
        (90, (30, 0, 40, 20)),
        (180, (40, 30, 60, 40)),
        (270, (0, 40, 10, 60)),
    ],
)
def test_rotation_is_clockwise_and_exact(
    tmp_path: Path, rotation: int, expected: tuple[int, ...]
) -> None:
    marked().save(tmp_path / "a.png")
    assert dark(tmp_path / "a.png", rotation=rotation) == expected


def test_native_scale_gives_the_file_s_own_pixels(samples: Path) -> None:
    path = samples / "form.png"
    with Image.open(path) as original:
        np.testing.assert_array_equal(
            np.asarray(render_image(path, 0, scale=1.0)), np.asarray(original)
        )


def test_clip_at_native_scale_is_a_cut(samples: Path) -> None:
    path = samples / "form.png"
    with Image.open(path) as original:
        part = render_image(path, 0, scale=1.0, clip=Box(100, 200, 400, 350))
        np.testing.assert_array_equal(
            np.asarray(part), np.asarray(original.crop((100, 200, 400, 350)))
        )


def test_clip_of_a_turned_page_is_cut_from_the_turned_picture(samples: Path) -> None:
    path = samples / "form.png"
    whole = render_image(path, 0, scale=0.5, rotation=90)
    part = render_image(path, 0, scale=0.5, rotation=90, clip=Box(200, 100, 600, 500))
    expected = np.asarray(whole.crop((100, 50, 300, 250))).astype(int)
    assert np.abs(np.asarray(part).astype(int) - expected).mean() < 2.0


def test_clip_beyond_the_page_is_white(tmp_path: Path) -> None:
    Image.new("L", SIZE, 0).save(tmp_path / "a.png")
    part = np.asarray(render_image(tmp_path / "a.png", 0, scale=1.0, clip=Box(50, 30, 70, 50)))
    assert (part[:10, :10] == 0).all()
    assert (part[10:, :] == 255).all()
    assert (part[:, 10:] == 255).all()


def test_skew_makes_white_corners_and_keeps_the_centre(tmp_path: Path) -> None:
    Image.new("L", (100, 100), 90).save(tmp_path / "a.png")
    turned = np.asarray(render_image(tmp_path / "a.png", 0, scale=1.0, skew=20.0))
    assert turned.shape == (100, 100)
    assert turned[0, 0] == 255
    assert turned[50, 50] == 90


def test_small_picture_of_a_skewed_page_shows_things_in_their_places(tmp_path: Path) -> None:
    page = Image.new("L", (3201, 401), 255)
    page.paste(0, (2400, 0, 3120, 401))
    page.save(tmp_path / "a.png")
    picture = np.asarray(render_image(tmp_path / "a.png", 0, scale=1 / 16, skew=1e-6))
    ink = 255.0 - picture[picture.shape[0] // 2]
    middle = (ink * (np.arange(len(ink)) + 0.5)).sum() / ink.sum()
    assert middle == pytest.approx(2760 / 3201 * len(ink), abs=0.1)


def test_skew_is_clockwise(tmp_path: Path) -> None:
    image = Image.new("L", (100, 100), 255)
    image.paste(0, (80, 48, 100, 52))
    image.save(tmp_path / "a.png")
    box = dark(tmp_path / "a.png", skew=10.0)
    assert (box[1] + box[3]) / 2 > 54


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("I;16", 32768, (128, 128, 128)),
    ],
)
def test_every_mode_ends_as_colour_on_white(
    tmp_path: Path, mode: str, value: int | tuple[int, ...], expected: tuple[int, ...]
) -> None:
    Image.new(mode, (8, 8), value).save(tmp_path / "a.png")
    picture = render(tmp_path / "a.png", 0, scale=1.0)
    blue, green, red, opaque = picture.data[:4]
    assert (red, green, blue) == pytest.approx(expected, abs=1)
    assert opaque == 255


def test_palette_with_transparency_is_on_white(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 3)
    image.putpalette([10, 20, 30] * 256)
    image.save(tmp_path / "a.png", transparency=3)
    assert render(tmp_path / "a.png", 0, scale=1.0).data[:3] == b"\xff\xff\xff"


def test_cmyk_jpeg_has_its_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    blue, green, red, _ = render(tmp_path / "a.jpg", 0, scale=1.0).data[:4]
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.parametrize("values", [(0.0, 1.0), (0.0, 255.0), (-3.0, 3.0)])
def test_float_tiff_uses_the_whole_range(tmp_path: Path, values: tuple[float, float]) -> None:
    ramp = np.linspace(*values, 64, dtype=np.float32).reshape(8, 8)
    Image.fromarray(ramp).save(tmp_path / "a.tif")
    shown = np.asarray(render_image(tmp_path / "a.tif", 0, scale=1.0))
    assert shown.min() == 0
    assert shown.max() == 255
    assert 100 < shown.mean() < 155


def test_multi_page_tiff_has_its_pages(tmp_path: Path) -> None:
    pages = [Image.new("L", (20 + 10 * n, 30), 40 * n) for n in range(4)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    info = inspect(tmp_path / "a.tif")
    assert [size.width for size in info.page_sizes] == [20.0, 30.0, 40.0, 50.0]
    assert np.asarray(render_image(tmp_path / "a.tif", 2, scale=1.0)).max() == 80
    with pytest.raises(UserError, match="has no page 5"):
        render(tmp_path / "a.tif", 4, scale=1.0)


def test_animation_is_its_first_picture_and_says_so(tmp_path: Path) -> None:
    frames = [Image.new("L", (20, 20), value) for value in (0, 255)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    info = inspect(tmp_path / "a.gif")
    assert len(info.page_sizes) == 1
    assert "first" in info.problems[0]


def test_cut_jpeg_is_shown_and_flagged(samples: Path, tmp_path: Path) -> None:
    data = (samples / "letter.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    page = read_page(tmp_path / "cut.jpg", 0, ocr="never")
    assert page.height == 1755
    assert "Incomplete" in page.problems[0]


def png_of_size(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    data = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + data + b"\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e"


def test_gigapixel_picture_is_refused_from_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_of_size(50_000, 50_000))
    with pytest.raises(UserError, match="2500 million pixels"):
        inspect(tmp_path / "a.png")


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_narrow_pictures_render(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("L", size, 7).save(tmp_path / "a.png")
    for scale in (0.01, 1.0, 3.0):
        picture = render(tmp_path / "a.png", 0, scale=scale, skew=1.0)
        assert len(picture.data) == picture.width * picture.height * 4


@pytest.mark.parametrize(
    ("dpi", "expected"), [((200, 200), 200.0), ((1, 1), None), ((300, 72), None)]
)
def test_dpi_is_kept_only_when_it_can_be_true(
    tmp_path: Path, dpi: tuple[int, int], expected: float | None
) -> None:
    Image.new("L", SIZE).save(tmp_path / "a.jpg", dpi=dpi)
    assert inspect(tmp_path / "a.jpg").page_sizes[0].dpi == expected
