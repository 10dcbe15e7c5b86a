"""The kind of a page: proposed, accepted, corrected, stored, undone, and part of page files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edit_scripts import document_of, page_of_words

from desktop.document import edits
from desktop.store.records import PageChange
from desktop.store.store import Store
from model_backend.document import Page, PageClass, PageStatus, Proposals, Status
from model_backend.document_json import from_json, to_json

SAID = Proposals("vgg", page_class=PageClass("invoice", 0.9, Status.PROPOSED, "vgg"))
INVOICE = PageClass("invoice", 0.9, Status.PROPOSED, "vgg", "invoice")


def proposed(page: Page) -> Page:
    return edits.merge_proposals(page, SAID, ())[0]


def test_class_is_proposed_and_the_page_waits_for_a_person() -> None:
    page = proposed(page_of_words())
    assert page.page_class == INVOICE
    assert page.status == PageStatus.PROPOSED
    assert edits.set_page_status(page, PageStatus.NEW).status == PageStatus.PROPOSED


def test_choosing_what_was_proposed_accepts_it_and_another_corrects_it() -> None:
    page = proposed(page_of_words())
    same, other = edits.set_page_class(page, "invoice"), edits.set_page_class(page, "letter")
    assert same.page_class == replace(INVOICE, status=Status.ACCEPTED)
    assert other.page_class == replace(INVOICE, label="letter", status=Status.CORRECTED)
    assert edits.accept_rest(page) == same
    assert edits.accept_page_class(same) is same
    assert edits.set_page_class(other, "letter") is other


def test_what_a_person_said_is_not_touched_by_models() -> None:
    drawn = edits.set_page_class(page_of_words(), "memo")
    assert drawn.page_class == PageClass("memo")
    assert proposed(drawn).page_class == PageClass("memo")
    corrected = edits.set_page_class(proposed(page_of_words()), "letter")
    assert proposed(corrected).page_class == corrected.page_class
    other = Proposals("vgg", page_class=PageClass("email", 0.5))
    again = edits.merge_proposals(proposed(page_of_words()), other, ())[0]
    assert again.page_class == PageClass("email", 0.5, Status.PROPOSED, "vgg", "email")


def test_class_can_be_taken_away() -> None:
    page = page_of_words()
    assert edits.set_page_class(page, "") is page
    assert edits.set_page_class(proposed(page), "").page_class is None


def test_class_is_in_page_files_and_old_ones_are_read() -> None:
    page = proposed(page_of_words())
    data = to_json(page)
    assert from_json(Page, data) == page
    del data["page_class"]
    assert from_json(Page, data).page_class is None
    turned = edits.rotate(page, 90)
    assert turned.page_class == page.page_class


def test_class_is_stored_with_its_history(tmp_path: Path) -> None:
    folder = tmp_path / "p.proofdesk"
    with Store.create(folder) as store:
        store.add_document(None, document_of(1), [page_of_words()], read=True)
        (page_id,) = store.page_ids()
        before = store.page(page_id)
        store.apply("Set the kind of page", [PageChange(before, proposed(before))])
    with Store.open(folder) as store:
        assert store.page(page_id).page_class == INVOICE
        page = store.page(page_id)
        store.apply("Set the kind of page", [PageChange(page, edits.set_page_class(page, "memo"))])
        store.apply("x", [PageChange(store.page(page_id), page)])
        assert store.page(page_id) == page
