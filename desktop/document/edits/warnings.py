"""Warnings of checks that a person lets stand, and looks at again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.document.edits.parts import begun

if TYPE_CHECKING:
    from model_backend.document import Page
    from model_backend.quality.findings import Finding


def let_stand(page: Page, found: Finding) -> Page:
    """The page with a warning that a person accepts, until what it is about changes."""
    from model_backend.quality.live import look, mark_of

    mark = mark_of(page, found)
    if mark in page.accepted_warnings:
        return page
    known = {mark_of(page, one) for one in look(page).accepted}  # those of things long gone go
    return begun(replace(page, accepted_warnings=tuple(sorted({*known, mark}))))


def ask_again(page: Page, found: Finding) -> Page:
    """The page on which an accepted warning stands open again."""
    from model_backend.quality.live import mark_of

    mark = mark_of(page, found)
    kept = tuple(other for other in page.accepted_warnings if other != mark)
    return page if kept == page.accepted_warnings else replace(page, accepted_warnings=kept)
