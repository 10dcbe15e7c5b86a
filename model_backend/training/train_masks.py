"""The whole way to a model of masks: pages, training, an ONNX program, figures on its card."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from model_backend import runtime
from model_backend.predictors.masks_pixels import MasksPixels
from model_backend.synthesis.generator import Submit
from model_backend.training import card, mask_sets
from model_backend.training.mask_export import export
from model_backend.training.mask_figures import dice_by_label
from model_backend.training.mask_pages import MaskPages
from model_backend.training.mask_task import SIDE, MaskTask, new_network
from model_backend.training.mask_tiles import Tiles
from model_backend.training.trainer import Note, Plan, Trainer

GENERATED = "generated"
"""Names the pages that we draw ourselves where a data set's folder could be named."""
CHECKPOINT, PAGES = "training.pt", "pages"
PROGRAM, CARD = "masks.onnx", "masks.md"
ABOUT = """
A network that marks stamps, signatures, handwriting, check boxes, figures, logos and tables on a
page at about 100 dpi. Stamps, signatures and handwriting come as the shape that their ink covers,
the others as boxes. It is the U-Net of `model_backend/models/folded_unet.py` as an ONNX program:
`pictures` (B, 3, H, W; red, green and blue, 0..1; H and W multiples of 32) to `logits`
(B, 8, H, W), the background first, then the classes in the order above. Of what it finds, what the
page's words explain is left out, and what has next to no ink (`predictors/masks_pixels.py`); tables
are left to the predictors of tables.

- Data: pages that `model_backend/synthesis` draws, and nothing else: no document, scan or weight of
  anybody was used. Training and measuring share no type face, stamp, hand, chart, photograph, logo
  or layout (`synthesis/families.py`).
- Licence: that of Proofdesk (AGPL-3.0-or-later).
- Limits: words are in Latin letters, Hangul only in seals; a figure whose inside is empty for more
  than 180 pixels is seen in parts; a signature that crosses a stamp is one thing with it.
- To make it again: the command below, on any machine; `--resume` goes on after a stop. Each
  training adds its figures here.
"""


@dataclass(frozen=True)
class Wish:
    """What is asked for: `data` is GENERATED (then `pages` many) or a COCO folder; the model comes
    into `out`, what is needed to go on into `work`; `measured` pages are made at each noise.
    """

    out: Path
    work: Path
    data: str = GENERATED
    pages: int = 600
    seed: int = 1
    steps: int = 6000
    rate: float = 4e-3
    device: str = runtime.AUTO
    measured: int = 30

    @property
    def command(self) -> str:
        """How to make the model again."""
        return (
            f"proofdesk train masks --data {self.data} --pages {self.pages} --seed {self.seed}"
            f" --steps {self.steps} --rate {self.rate:g} --out {self.out.name}"
        )


def train_masks(
    wish: Wish,
    submit: Submit,
    *,
    resume: bool = False,
    as_it_is: bool = False,
    on_page: Callable[[int, int], None] = lambda done, total: None,
    on_note: Callable[[Note], None] = lambda note: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> card.Trained:
    """Train, write the program, measure it and note the figures on its card; with `as_it_is` only
    the latter, with what was learnt so far.

    Raises Cancelled when it was stopped (it can go on with `resume`), UserError.
    """
    pages = pages_of(wish, submit, on_page)
    trainer = trainer_of(wish, pages)
    if resume or as_it_is:
        trainer.resume()
    started, first = time.monotonic(), trainer.step
    if not as_it_is:
        trainer.run(on_note=on_note, is_cancelled=is_cancelled)
    seconds = time.monotonic() - started
    program = wish.out / PROGRAM
    written = export(trainer.task.network.cpu(), program)
    figures = dice_by_label(MasksPixels(program), wish.measured)
    learnt = f"{trainer.step} of {wish.steps} steps on {len(pages.names)} pages"
    if trainer.step > first:
        learnt += (
            f" (the last {trainer.step - first} in {seconds / 60:.0f} minutes, {trainer.device})"
        )
    lines = [
        f"`{wish.command}`",
        "",
        f"{learnt}. Dice of all pixels of {wish.measured} held-out pages at each noise:",
    ]
    card.append(wish.out / CARD, f"Trained with seed {wish.seed}", lines, figures, about=ABOUT)
    return card.Trained(program, written.bytes, figures)


def pages_of(wish: Wish, submit: Submit, on_page: Callable[[int, int], None]) -> MaskPages:
    """The pages to learn from, made or read now where they are not yet there."""
    folder = wish.work / PAGES
    if wish.data == GENERATED:
        return mask_sets.generated(
            wish.seed,
            wish.pages,
            folder,
            submit,
            on_page=lambda done: on_page(done, wish.pages),
        )
    return mask_sets.of_dataset(Path(wish.data), folder)


def trainer_of(wish: Wish, pages: MaskPages) -> Trainer[MaskTask]:
    """The trainer of a new network."""
    torch.manual_seed(wish.seed)
    task = MaskTask(new_network(), Tiles(pages, SIDE, wish.seed))
    device = runtime.torch_device(wish.device)
    plan = Plan(wish.steps, wish.rate, seed=wish.seed)
    return Trainer(task, plan, wish.work / CHECKPOINT, device=device.name)
