"""The whole way to a model of page classes: generated pages, training, calibration, an ONNX
program, figures on its card.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from model_backend import runtime
from model_backend.metrics.calibration import calibration_error, fitted_temperature
from model_backend.models.page_class_network import PageClassConfig, PageClassNetwork
from model_backend.models.program import Program
from model_backend.networks import PAGE_KINDS
from model_backend.onnx_export import exported_program
from model_backend.predictors.page_class_features import BUCKETS, LAYOUT
from model_backend.predictors.page_class_words import (
    INPUTS,
    LABELS_KEY,
    LEAST_SCORE,
    OUTPUTS,
    TEMPERATURE_KEY,
)
from model_backend.predictors.tagged_words import probabilities
from model_backend.synthesis.families import Family
from model_backend.training import card
from model_backend.training.page_class_pages import Pages, Submit, pages
from model_backend.training.page_class_task import PAGES, PageClassTask
from model_backend.training.trainer import Note, Plan, Trainer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Logits = NDArray[np.float64]
    Kinds = NDArray[np.int64]

CHECKPOINT, DRAWN = "training.pt", "pages-{seed}-{count}.npz"
PROGRAM, CARD = "page_class.onnx", "page_class.md"
MEASURED_SEED = 1_000_007
THREADS = 1
"""More are not faster where processors are shared; the result would depend on their number."""
ABOUT = f"""
A network that tells the kind of a page from its words (hashed, {BUCKETS} buckets) and {LAYOUT}
numbers of its layout: {", ".join(PAGE_KINDS)}. English and Korean. It is
`model_backend/models/page_class_network.py` as an ONNX program: `words` (B, {BUCKETS}) and `layout`
(B, {LAYOUT}), which `model_backend/predictors/page_class_features.py` makes, to logits of `kinds`.
What scores less than {LEAST_SCORE} is not said: a page may be of no kind that is known.

- Data: pages that `model_backend/synthesis` draws, and nothing else: no document, scan or weight of
  anybody was used. Its scores are calibrated on drawn pages, too.
- Licence: that of Proofdesk (AGPL-3.0-or-later).
- Limits: it knows the words that the generator knows; pages of fewer than eight words say nothing.
- To make it again: the command below, on any machine; `--resume` goes on after a stop. Each
  training adds its figures here.
"""


@dataclass(frozen=True)
class Wish:
    """What is asked for: the model comes into `out`, what is needed to go on into `work`."""

    out: Path
    work: Path
    pages: int = 6000
    seed: int = 1
    steps: int = 2500
    rate: float = 3e-3
    device: str = runtime.AUTO
    measured: int = 800

    @property
    def command(self) -> str:
        """How to make the model again."""
        return (
            f"proofdesk train page-class --pages {self.pages} --seed {self.seed}"
            f" --steps {self.steps} --rate {self.rate:g} --out {self.out.name}"
        )


def train_page_class(
    wish: Wish,
    submit: Submit,
    *,
    resume: bool = False,
    on_note: Callable[[Note], None] = lambda note: None,
    on_page: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> card.Trained:
    """Draw, train, calibrate, write the program, measure it and note the figures on its card.

    Raises Cancelled when it was stopped (it can go on with `resume`), UserError.
    """
    torch.set_num_threads(THREADS)
    torch.manual_seed(wish.seed)
    learnt = _drawn(wish, submit, on_page, is_cancelled)
    network = PageClassNetwork(PageClassConfig(BUCKETS, LAYOUT, len(PAGE_KINDS)))
    device = runtime.torch_device(wish.device).name
    plan = Plan(wish.steps, wish.rate, seed=wish.seed)
    task = PageClassTask(network, learnt, wish.seed)
    trainer = Trainer(task, plan, wish.work / CHECKPOINT, device=device)
    if resume:
        trainer.resume()
    started, first = time.monotonic(), trainer.step
    trainer.run(on_note=on_note, is_cancelled=is_cancelled)
    seconds = time.monotonic() - started
    held_out = pages(
        MEASURED_SEED, wish.measured, Family.HELD_OUT, submit, is_cancelled=is_cancelled
    )
    network = network.cpu().eval()
    logits = logits_of(network, held_out)
    half = len(logits) // 2  # the temperature is fitted to one half, measured on the other
    temperature = fitted_temperature(logits[:half], held_out.kinds[:half])
    program = wish.out / PROGRAM
    size = write(network, temperature, program)
    figures = {"held-out pages": figures_of(logits[half:], held_out.kinds[half:], temperature)}
    lines = [
        f"`{wish.command}`",
        "",
        f"{trainer.step} steps of {PAGES} pages, out of {len(learnt.kinds)} ({seconds:.0f} seconds"
        f" for the last {trainer.step - first} on {trainer.device.type}). On"
        f" {len(logits) - half} generated pages of faces that training never saw; `said` is the"
        f" share of pages of which something is said, `right of those` how often it is right:",
    ]
    card.append(wish.out / CARD, f"Trained with seed {wish.seed}", lines, figures, about=ABOUT)
    return card.Trained(program, size, figures)


def _drawn(
    wish: Wish,
    submit: Submit,
    on_page: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> Pages:
    """The pages to learn from; those of an earlier run of the same order are taken again."""
    path = wish.work / DRAWN.format(seed=wish.seed, count=wish.pages)
    if path.is_file():
        return Pages.load(path)
    found = pages(
        wish.seed,
        wish.pages,
        Family.TRAINING,
        submit,
        on_page=lambda done: on_page(done, wish.pages),
        is_cancelled=is_cancelled,
    )
    found.save(path)
    return found


def logits_of(network: PageClassNetwork, given: Pages) -> Logits:
    """Logits (N, kinds)."""
    with torch.inference_mode():
        said = network(torch.from_numpy(given.words), torch.from_numpy(given.layout))
    found: Logits = said.numpy().astype(np.float64)
    return found


def figures_of(
    logits: Logits,
    kinds: Kinds,
    temperature: float,
) -> dict[str, float | None]:
    """How often the likeliest kind is right, how often anything is said and that is right, and the
    expected calibration error.
    """
    chances = probabilities(logits.astype(np.float32), temperature)
    right = chances.argmax(axis=-1) == kinds
    said = chances.max(axis=-1) >= LEAST_SCORE
    return {
        "right": float(right.mean()),
        "said": float(said.mean()),
        "right of those": float(right[said].mean()) if said.any() else None,
        "calibration error": calibration_error(chances.max(axis=-1).tolist(), right.tolist()),
    }


def write(network: PageClassNetwork, temperature: float, path: Path) -> int:
    """Write the program with its labels and temperature; its bytes."""
    import onnx

    path.parent.mkdir(parents=True, exist_ok=True)
    exported_program(program_of(network), path)
    model = onnx.load(path)
    told = {LABELS_KEY: json.dumps(PAGE_KINDS), TEMPERATURE_KEY: f"{temperature:.4f}"}
    onnx.helper.set_model_props(model, told)
    onnx.save(model, path)
    return path.stat().st_size


def program_of(network: PageClassNetwork) -> Program:
    """Logits of any number of pages."""
    generator = torch.Generator().manual_seed(0)
    sizes = (network.config.buckets, network.config.layout)
    example, other = (
        {
            name: torch.rand(count, size, generator=generator)
            for name, size in zip(INPUTS, sizes, strict=True)
        }
        for count in (2, 3)
    )
    free = {name: {0: "pages"} for name in (*INPUTS, *OUTPUTS)}
    network = network.cpu().eval()
    return Program("page_class", network, example, other, OUTPUTS, network, (0, 1), free)
