"""What the page's properties say about its words."""

from __future__ import annotations

from model_backend.document import Box, Page, PageGeometry, Word, with_words


def test_words_of_a_data_set_are_not_called_read() -> None:
    from desktop.panels.page_form import _words

    page = Page(1, 1, 0, 100, 100, "px", PageGeometry("test", 100, 100))
    page = with_words(page, (Word(1, "Name", Box(0, 0, 10, 10)),))
    assert _words(page, is_from_data_set=True) == "1"
    assert _words(page, is_from_data_set=False) == "1, read from the picture"
