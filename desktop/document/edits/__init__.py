"""All edits, pure functions from a page to a page: whatever a person does is one of these."""

from __future__ import annotations

from desktop.document.edits.arranging import align, distribute, move_edge
from desktop.document.edits.cells import (
    room_of,
    set_cell_text,
    set_text_of_cell,
    words_of_cell,
)
from desktop.document.edits.common import (
    accept,
    accept_page_class,
    accept_rest,
    delete,
    move,
    paste,
    replace,
    resize,
    set_label,
)
from desktop.document.edits.entities import (
    add_entity,
    add_entity_box,
    join_entities,
    link,
    set_entity_words,
    set_text,
    split_entity,
    toggle_links,
    unlink,
)
from desktop.document.edits.marks import set_annotation_note, set_doubtful, set_unsure
from desktop.document.edits.merging import merge_proposals
from desktop.document.edits.pages import deskew, rotate, set_note, set_page_class, set_page_status
from desktop.document.edits.shapes import (
    add_region,
    add_table,
    make_mask,
    mask_of,
    new_raster,
    with_mask,
    with_polygons,
)
from desktop.document.edits.tables import continue_table, put_table
from desktop.document.edits.warnings import ask_again, let_stand
from desktop.document.edits.words import (
    add_word,
    exchange_words,
    replace_words,
    set_illegible,
    set_word_text,
)

__all__ = [
    "accept",
    "accept_page_class",
    "accept_rest",
    "add_entity",
    "add_entity_box",
    "add_region",
    "add_table",
    "add_word",
    "align",
    "ask_again",
    "continue_table",
    "delete",
    "deskew",
    "distribute",
    "exchange_words",
    "join_entities",
    "let_stand",
    "link",
    "make_mask",
    "mask_of",
    "merge_proposals",
    "move",
    "move_edge",
    "new_raster",
    "paste",
    "put_table",
    "replace",
    "replace_words",
    "resize",
    "room_of",
    "rotate",
    "set_annotation_note",
    "set_cell_text",
    "set_doubtful",
    "set_entity_words",
    "set_illegible",
    "set_label",
    "set_note",
    "set_page_class",
    "set_page_status",
    "set_text",
    "set_text_of_cell",
    "set_unsure",
    "set_word_text",
    "split_entity",
    "toggle_links",
    "unlink",
    "with_mask",
    "with_polygons",
    "words_of_cell",
]
