"""The form network from its beginning to the program that runs: what `train entities` does."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import torch

from model_backend import runtime
from model_backend.errors import UserError
from model_backend.models.form_network import FormConfig, FormNetwork
from model_backend.predictors.entities_forms import EntitiesForms
from model_backend.predictors.entities_rules import EntitiesRules
from model_backend.predictors.form_pieces import FormPieces, pieces_of_vocabulary
from model_backend.synthesis.generator import ENGLISH, KOREAN
from model_backend.training import card, form_korean
from model_backend.training.entities import PAGES, EntityTask
from model_backend.training.form_figures import Reader, form_figures
from model_backend.training.form_lessons import Lesson, generated_lesson, lessons_of_set
from model_backend.training.form_program import export, held_in
from model_backend.training.form_start import (
    MINILM,
    NOTHING,
    begun,
    language_model,
    package_folder,
    vocabulary_in,
)
from model_backend.training.form_sureness import fitted, write_sureness
from model_backend.training.trainer import Note, Plan, Trainer

CHECKPOINT = "training.pt"
NAMES = {ENGLISH: "entities", KOREAN: "entities_korean"}
"""What the models are called, by the language of the forms that are drawn."""
STARTS = {ENGLISH: MINILM, KOREAN: NOTHING}
"""What they begin with."""
TIMES = 12
"""How often each form of a data set is seen; a generated one is seen once."""
LEAST_STEPS, WARMUP = 40, 30
RATE = 1.5e-4
THREADS = 1
"""More are not faster where processors are shared; the result would depend on their number."""


@dataclass(frozen=True)
class Wish:
    """What is asked for: learning from data sets of FUNSD's format and so many generated forms.

    `start` is `minilm`, `nothing`, a program that was trained before, or a folder with BERT's
    weights. The model comes into `out`, what is needed to go on into `work`; `measured` generated
    forms are measured with.
    """

    out: Path
    work: Path
    data: tuple[Path, ...] = ()
    generated: int = 0
    start: str = MINILM
    seed: int = 1
    rate: float = RATE
    device: str = runtime.AUTO
    measured: int = 100
    language: str = ENGLISH

    @property
    def name(self) -> str:
        """What the model's file and card are called."""
        return NAMES[self.language]

    @property
    def command(self) -> str:
        """How to make the model again."""
        sets = "".join(f" --data {path}" for path in self.data)
        return (
            f"proofdesk train entities{sets} --generated {self.generated}"
            f" --language {self.language} --from {self.start}"
            f" --seed {self.seed} --rate {self.rate:g} --out {self.out.name}"
        )


def train_entities(
    wish: Wish,
    *,
    resume: bool = False,
    on_note: Callable[[Note], None] = lambda note: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> card.Trained:
    """Train, write the program, measure it and note the figures on its card.

    Raises Cancelled when it was stopped (it can go on with `resume`), UserError.
    """
    torch.set_num_threads(THREADS)
    torch.manual_seed(wish.seed)
    network, vocabulary = beginning(wish.start, wish.language)
    trainer = trainer_of(wish, network, pieces_of_vocabulary(vocabulary))
    if resume:
        trainer.resume()
    started, first = time.monotonic(), trainer.step
    trainer.run(on_note=on_note, is_cancelled=is_cancelled)
    seconds = time.monotonic() - started
    program = wish.out / f"{wish.name}.onnx"
    written = export(network, vocabulary, program)
    reader = EntitiesForms(korean=program) if wish.language == KOREAN else EntitiesForms(program)
    write_sureness(program, fitted(reader, wish.measured, wish.language))
    readers: dict[str, Reader] = {"network": reader, "rules": EntitiesRules()}
    figures = {
        name: form_figures(reader, wish.measured, wish.language) for name, reader in readers.items()
    }
    lines = [
        f"`{wish.command}`",
        "",
        f"{trainer.plan.steps} steps of {PAGES} forms ({seconds / 60:.0f} minutes for the last"
        f" {trainer.step - first} on {trainer.device.type}). On {wish.measured} generated forms"
        " that training never saw:",
    ]
    card.append(wish.out / f"{wish.name}.md", f"Trained with seed {wish.seed}", lines, figures)
    return card.Trained(program, written.bytes, figures)


def trainer_of(wish: Wish, network: FormNetwork, pieces: FormPieces) -> Trainer[EntityTask]:
    """The trainer of a network that begins."""
    lesson, count = lessons(wish, pieces)
    task = EntityTask(network, lesson, count, pieces, wish.seed)
    device = runtime.torch_device(wish.device)
    return Trainer(task, plan_of(wish, count), wish.work / CHECKPOINT, device=device.name)


def beginning(start: str, language: str = ENGLISH) -> tuple[FormNetwork, str]:
    """The network to begin with, and its vocabulary's text."""
    if start == NOTHING and language == KOREAN:
        return begun(form_korean.config(), {}), form_korean.vocabulary()
    if start == NOTHING:
        return begun(FormConfig(), {}), vocabulary_in(package_folder())
    path = package_folder() if start == MINILM else Path(start)
    if path.is_file():
        held = held_in(path)
        return begun(held.config, held.weights), held.vocabulary
    if not path.is_dir():
        raise UserError("{file} cannot be found. Check that it is still there.", file=str(path))
    return begun(config_in(path), language_model(path)), vocabulary_in(path)


def config_in(folder: Path) -> FormConfig:
    """The sizes that a language model's config.json names."""
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = {item.name for item in fields(FormConfig)}
    return FormConfig(**{name: value for name, value in told.items() if name in names})


def lessons(wish: Wish, pieces: FormPieces) -> tuple[Callable[[int], Lesson], int]:
    """A function that gives lesson number n, and how many there are; UserError without any.

    Forms of data sets are repeated TIMES times among the generated ones.
    """
    real = [lesson for path in wish.data for lesson in lessons_of_set(path, pieces)] * TIMES
    if not real and not wish.generated:
        raise UserError("There is nothing to learn from. Name data sets (--data) or --generated.")

    def lesson(number: int) -> Lesson:
        if number < len(real):
            return real[number]
        return generated_lesson(wish.seed, number - len(real), pieces, wish.language)

    return lesson, len(real) + wish.generated


def plan_of(wish: Wish, count: int) -> Plan:
    """Each lesson is seen once."""
    steps = max(LEAST_STEPS, math.ceil(count / PAGES))
    return Plan(steps, rate=wish.rate, warmup=min(WARMUP, steps // 4), seed=wish.seed)
