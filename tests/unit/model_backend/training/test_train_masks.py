"""From pages to a model of masks: kept pages, tiles, the loss, figures, the program, its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from model_backend import masks
from model_backend.document import Box, Page, PageGeometry, Proposals, Region, Word
from model_backend.errors import Cancelled, UserError
from model_backend.models.folded_unet import FoldedUNet
from model_backend.models.tiles import Tiling
from model_backend.predictors import masks_pixels
from model_backend.predictors.masks_pixels import MasksPixels, closed, shapes_of
from model_backend.predictors.predictor import PredictorInput
from model_backend.synthesis.mask_page import LABELS
from model_backend.training import card, mask_sets
from model_backend.training.mask_export import export
from model_backend.training.mask_figures import MEAN, Tally, share_of_words
from model_backend.training.mask_pages import BORDER, CLASS, channels_of, kept, opened
from model_backend.training.mask_task import MaskTask, dice_loss
from model_backend.training.mask_tiles import Tiles
from model_backend.training.train_masks import Wish, train_masks
from model_backend.training.trainer import Note, Plan, Trainer

SIZE = (200, 260)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Small tensors on several threads wait for each other where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _now(function: Callable[..., Any], /, *args: object, **kwargs: object) -> Future[Any]:
    """Runs it here and now, as the pool of processes would elsewhere."""
    future: Future[Any] = Future()
    future.set_result(function(*args, **kwargs))
    return future


def _page(*regions: Region) -> Page:
    return Page(1, 1, 0, *map(float, SIZE), "px", PageGeometry("x", *map(float, SIZE)),
                regions=regions)  # fmt: skip


def _blobs(seed: int) -> tuple[str, Image.Image, Page]:
    """A page with a red square (a stamp) and a black bar (a table)."""
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, "white")
    regions = []
    colours = (("stamp", (220, 30, 30)), ("table", (20, 20, 20)))
    for number, (label, colour) in enumerate(colours, start=1):
        x, y = int(random.integers(10, 120)), int(random.integers(10, 90)) + 120 * (number - 1)
        picture.paste(colour, (x, y, x + 60, y + 40))
        regions.append(Region(number, label, Box(x, y, x + 60, y + 40)))
    return f"page-{seed}", picture, _page(*regions)


def test_kept_pages_have_classes_and_borders(tmp_path: Path) -> None:
    picture = Image.new("L", SIZE, 200)
    bitmap = np.ones((10, 20), bool)
    over = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, 60.0, 50.0))
    page = _page(
        Region(1, "table", Box(20, 40, 100, 80)),
        Region(2, "stamp", Box(60, 50, 80, 60), mask=over),
        Region(3, "logo", Box(104, 40, 140, 80)),
        Region(4, "nothing that is learnt", Box(0, 0, 200, 260)),
    )
    channels = channels_of(picture, page, LABELS)
    table, stamp, logo = (1 + LABELS.index(name) for name in ("table", "stamp", "logo"))
    assert (channels[..., :3] == 200).all()
    assert (channels[50:60, 60:80, CLASS] == stamp).all()
    assert (channels[..., CLASS] == stamp).sum() == 200
    assert (channels[..., CLASS] == table).sum() == 80 * 40 - 200
    assert (channels[..., CLASS] == logo).sum() == 36 * 40
    borders = channels[..., BORDER]
    assert borders[60, 102] > 100  # between the table and the logo
    assert borders[60, 10] == 0
    assert (borders[channels[..., CLASS] > 0] == 0).all()
    made = kept([("a", picture, page)], LABELS, tmp_path)
    assert opened(tmp_path) == made
    assert np.array_equal(made.pixels(0), channels)
    assert opened(tmp_path / "elsewhere") is None
    assert [place.class_number for place in made.places] == [table, stamp, logo]


def test_tiles_are_balanced_and_the_same_again(tmp_path: Path) -> None:
    many = Region(1, "check box", Box(10, 10, 20, 20))
    rare = Region(2, "stamp", Box(100, 200, 140, 240))
    page = _page(*[many] * 30, rare)
    pages = kept([("a", Image.new("L", SIZE, 255), page)], LABELS, tmp_path)
    tiles = Tiles(pages, 64, seed=3)
    first, again, other = tiles.tile(7), Tiles(pages, 64, seed=3).tile(7), tiles.tile(8)
    assert first.picture.shape == (64, 64, 3)
    assert first.picture.dtype == np.float32
    assert np.array_equal(first.picture, again.picture)
    assert np.array_equal(first.classes, again.classes)
    assert not np.array_equal(first.picture, other.picture)
    seen = [set(np.unique(tiles.tile(number).classes)) for number in range(80)]
    stamps = sum(1 + LABELS.index("stamp") in found for found in seen)
    boxes = sum(1 + LABELS.index("check box") in found for found in seen)
    assert 15 < stamps < 55
    assert 15 < boxes < 55


def test_small_pages_fill_tiles(tmp_path: Path) -> None:
    pages = kept([_blobs(0)], LABELS, tmp_path)
    tile = Tiles(pages, 320, seed=1).tile(0)
    assert tile.classes.shape == (320, 320)
    assert tile.borders.shape == (320, 320)


def test_dice_loss_is_what_the_hand_computes() -> None:
    classes = torch.tensor([[[0, 1], [1, 0]]])
    sure = torch.nn.functional.one_hot(classes, 3).permute(0, 3, 1, 2) * 50.0
    assert dice_loss(sure, classes).item() == pytest.approx(0.0, abs=1e-6)
    assert dice_loss(torch.zeros(1, 3, 2, 2), classes).item() == pytest.approx(
        1 - 2 * (2 / 3) / (4 / 3 + 2), abs=1e-6
    )
    assert dice_loss(torch.zeros(1, 3, 2, 2), torch.zeros(1, 2, 2, dtype=torch.long)).item() == 0


def test_a_small_network_learns_to_tell_red_from_black(tmp_path: Path) -> None:
    pages = kept([_blobs(seed) for seed in range(8)], LABELS, tmp_path / "pages")
    torch.manual_seed(0)
    task = MaskTask(FoldedUNet(len(LABELS) + 1, (8, 16, 32)), Tiles(pages, 64, 1), count=4)
    notes: list[Note] = []
    trainer = Trainer(task, Plan(200, rate=5e-3, warmup=5), tmp_path / "training.pt")
    trainer.run(on_note=notes.append)
    assert notes[-1].loss < 0.5 * notes[0].loss
    program = tmp_path / "masks.onnx"
    export(task.network, program)
    name, picture, page = _blobs(99)
    path = tmp_path / f"{name}.png"
    picture.save(path)
    said = MasksPixels(program)([PredictorInput(path, page)])[0]
    tally = Tally(("stamp", "table"))
    tally.add(page, said)
    dice = tally.dice()
    assert dice["stamp"] is not None
    assert dice["stamp"] > 0.7
    assert all(region.mask is not None for region in said.regions if region.label == "stamp")
    assert all(region.mask is None for region in said.regions if region.label == "table")


def test_program_says_what_torch_says(tmp_path: Path) -> None:
    torch.manual_seed(1)
    written = export(FoldedUNet(8), tmp_path / "masks.onnx")
    assert written.difference < 1e-4
    assert written.bytes < 25e6


def test_whole_command_can_be_stopped_and_resumed(tmp_path: Path) -> None:
    wish = Wish(tmp_path / "out", tmp_path / "work", pages=2, steps=2, measured=1, device="cpu")
    with pytest.raises(Cancelled):
        train_masks(wish, _now, is_cancelled=lambda: True)
    assert not wish.out.exists()
    steps: list[int] = []
    trained = train_masks(wish, _now, resume=True, on_note=lambda note: steps.append(note.step))
    assert steps == [2]
    assert trained.program.stat().st_size == trained.bytes
    assert set(trained.figures) == {"light", "medium", "heavy"}
    text = (wish.out / "masks.md").read_text()
    assert "proofdesk train masks --data generated --pages 2 --seed 1 --steps 2" in text
    assert "| light |" in text


def test_a_data_set_without_the_labels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [("a", Image.new("RGB", SIZE), _page(Region(1, "cat", Box(1, 1, 9, 9))))]
    monkeypatch.setattr(mask_sets, "_read", lambda path: iter(pages))
    with pytest.raises(UserError, match="none of the labels"):
        mask_sets.of_dataset(tmp_path / "coco", tmp_path / "pages")


def test_dice_and_share_of_words_by_hand() -> None:
    truth = _page(Region(1, "stamp", Box(0, 0, 10, 10)))
    said = Proposals("x", regions=(Region(1, "stamp", Box(5, 0, 15, 10)),))
    tally = Tally()
    tally.add(truth, said)
    dice = tally.dice()
    assert dice["stamp"] == pytest.approx(0.5)
    assert dice["logo"] is None
    assert dice[MEAN] == pytest.approx(0.5)
    assert Tally(()).dice() == {MEAN: None}
    words = (Word(1, "a", Box(0, 0, 10, 10)), Word(2, "b", Box(50, 50, 60, 70)))
    page = Page(1, 1, 0, 200, 260, "px", PageGeometry("x", 200, 260), words=words)
    inside, every = share_of_words(page, said, ("stamp", "logo"))
    assert every == 300
    assert inside == pytest.approx(50)


def test_card_grows(tmp_path: Path) -> None:
    file = tmp_path / "masks.md"
    figures = {"light": {"stamp": 0.5, "mean": None}}
    card.append(file, "First", ["One."], figures, about="\nWhat it is.\n")
    card.append(file, "Second", ["Two."], {}, about="Not again.")
    assert file.read_text().splitlines() == [
        *("# masks", "", "What it is.", "", "## First", "", "One.", ""),
        *("| | stamp | mean |", "|---|---|---|", "| light | 0.500 | - |", ""),
        *("## Second", "", "Two."),
    ]


def test_shapes_are_closed_filled_and_large_enough() -> None:
    chances = np.full((8, 120, 160), 0.01, np.float32)
    chances[0] = 0.9
    stamp, table = 1, 7
    chances[stamp, 20:60, 20:60] = 0.95
    chances[stamp, 35:40, 35:40] = 0.01  # a hole
    chances[table, 70:110, 20:80] = chances[table, 70:110, 84:150] = 0.92  # a gap
    chances[2, 5:8, 5:8] = 0.99  # a speck
    found = {shape.label: shape for shape in shapes_of(chances, 100.0)}
    assert set(found) == {"stamp", "table"}
    assert found["stamp"].bitmap.all()
    # of the three that are made of ink, summed
    assert found["stamp"].score == pytest.approx((0.95 * 1575 + 0.01 * 25) / 1600 + 0.02)
    assert (found["table"].left, found["table"].bitmap.shape) == (20, (40, 130))
    assert not closed(np.zeros((5, 5), bool), 2).any()


def test_large_pages_are_seen_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(2)
    program = tmp_path / "masks.onnx"
    export(FoldedUNet(8), program)
    picture = Image.effect_noise((640, 480), 90).convert("RGB")
    path = tmp_path / "page.png"
    picture.save(path)
    page = Page(1, 1, 0, 640, 480, "px", PageGeometry("x", 640, 480, dpi=100))
    predictor = MasksPixels(program)
    whole = predictor.chances(PredictorInput(path, page))
    assert whole.shape == (8, 480, 640)
    monkeypatch.setattr(masks_pixels, "MOST_PIXELS", 1000)
    monkeypatch.setattr(masks_pixels, "TILING", Tiling(256, 192, 640, 192))
    pieces = predictor.chances(PredictorInput(path, page))
    inner = np.s_[:, 190:-190, 190:-190]  # what no network sees the border from
    assert np.abs(whole[inner] - pieces[inner]).max() < 1e-4
