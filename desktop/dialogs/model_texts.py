"""How tasks and models are called in dialogs."""

from __future__ import annotations

from model_backend import networks
from model_backend.installed import InstalledModel
from model_backend.translation import _, mark

TASK_TEXTS = {
    networks.ENTITIES: mark("Entities"),
    networks.TABLES: mark("Tables"),
    networks.MASKS: mark("Masks"),
    networks.PAGE_CLASS: mark("Page class"),
    networks.DETECTION: mark("Finding tables"),
    networks.STRUCTURE: mark("Structure of tables"),
}
"""What each task is called."""


def facts_of(model: InstalledModel) -> tuple[tuple[str, str], ...]:
    """What is known of a model, as (name, text)."""
    place = _("linked, in {folder}") if model.is_linked else _("copied from {folder}")
    return (
        (_("Network"), networks.network(model.network).title),
        (_("Task"), _(TASK_TEXTS.get(model.task, model.task))),
        (_("Labels"), ", ".join(model.labels)),
        (_("Licence"), model.licence or _("not stated")),
        (_("Files"), f"{model.size / 1e6:.1f} MB, {place.format(folder=model.source)}"),
        (_("Sample page"), model.tested),
    )
