"""The one table of actions: menus, toolbars, shortcuts and the F1 overlay are all made from it."""

from __future__ import annotations

from dataclasses import dataclass

from model_backend.translation import mark

FILE, EDIT, VIEW, PAGE, LABEL, TABLE, REVIEW, HELP = (
    mark("File"),
    mark("Edit"),
    mark("View"),
    mark("Page"),
    mark("Label"),
    mark("Table"),
    mark("Review"),
    mark("Help"),
)
MENUS = (FILE, EDIT, VIEW, PAGE, LABEL, TABLE, REVIEW, HELP)
"""The menus, in the order of the menu bar."""

ANYWHERE, ON_PAGE = "anywhere", "on_page"
"""Where keys are heard: in the whole window, or where the page or a list of it has focus."""

PROJECT, PAGE_OPEN, SELECTION, TABLE_SELECTED = "project", "page", "selection", "table"
"""What an action needs before it can be chosen."""


@dataclass(frozen=True)
class Action:
    """One entry: where it stands, its name, its keys and the `target.method` that does it."""

    id: str
    menu: str
    text: str
    handler: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    argument: str = ""
    needs: str = ""
    scope: str = ANYWHERE
    group: str = ""
    starts_section: bool = False
    page_keys: tuple[str, ...] = ()


ACTIONS = (
    Action("open", FILE, mark("Open files..."), "files.open_files", ("Ctrl+O",), "open"),
    Action("open_folder", FILE, mark("Open a folder..."), "files.open_folder", ("Ctrl+U",),
           "folder"),
    Action("open_project", FILE, mark("Open a project..."), "files.open_project",
           ("Ctrl+Shift+O",)),
    Action("new_project", FILE, mark("New project..."), "files.new_project", ("Ctrl+N",), "new"),
    Action("open_sample", FILE, mark("Open the sample"), "files.open_sample", (), "sample"),
    Action("import_dataset", FILE, mark("Import a data set..."), "files.import_dataset",
           ("Ctrl+Shift+I",), "import", starts_section=True),
    Action("forget_waiting", FILE, mark("Forget imports that wait"), "files.forget_waiting", (),
           needs=PROJECT),
    Action("export", FILE, mark("Export..."), "files.export", ("Ctrl+Shift+E",), "export",
           needs=PROJECT),
    Action("snapshot", FILE, mark("Keep a copy of the project now"), "files.keep_copy",
           ("Ctrl+S",), needs=PROJECT),
    Action("backups", FILE, mark("Backups..."), "files.backups", (), needs=PROJECT),
    Action("settings", FILE, mark("Settings..."), "files.settings", ("Ctrl+,",), "settings",
           starts_section=True),
    Action("models", FILE, mark("Models..."), "files.models", (), "prelabel", needs=PROJECT),
    Action("close_project", FILE, mark("Close the project"), "files.close_project",
           ("Ctrl+Shift+W",), needs=PROJECT),
    Action("quit", FILE, mark("Quit"), "files.quit", ("Ctrl+Q",)),
    Action("undo", EDIT, mark("Undo"), "edit.undo", ("Ctrl+Z",), "undo", needs=PROJECT),
    Action("redo", EDIT, mark("Redo"), "edit.redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo",
           needs=PROJECT),
    Action("edit_text", EDIT, mark("Edit the text"), "review.edit_text", (), "text",
           needs=PAGE_OPEN, starts_section=True),
    Action("walk_words", EDIT, mark("Correct the words one after the other"), "marks.walk_words",
           ("F2",), needs=PAGE_OPEN),
    Action("walk_doubtful", EDIT, mark("Correct doubtful words, on any page"),
           "marks.walk_doubtful", ("Shift+F2",), needs=PAGE_OPEN),
    Action("edit_label", EDIT, mark("Choose the label"), "edit.choose_label", ("Ctrl+E",),
           "labels", needs=SELECTION),
    Action("find_replace", EDIT, mark("Find and replace..."), "texts.find_replace",
           ("Ctrl+Shift+R",), needs=PROJECT),
    Action("illegible", EDIT, mark("Mark words illegible"), "edit.toggle_illegible", ("Shift+I",),
           "illegible", needs=SELECTION),
    Action("unsure", EDIT, mark("Mark unsure, words doubtful"), "marks.toggle_unsure", ("Y",),
           needs=SELECTION),
    Action("note", EDIT, mark("Write a note"), "marks.edit_note", ("Ctrl+Shift+N",),
           needs=PAGE_OPEN),
    Action("group", EDIT, mark("Join into one entity"), "edit.group", ("G",), needs=SELECTION),
    Action("ungroup", EDIT, mark("Split an entity into its words"), "edit.ungroup", ("Shift+G",),
           needs=SELECTION),
    Action("copy", EDIT, mark("Copy"), "canvas.copy", ("Ctrl+C",), "copy", needs=SELECTION,
           scope=ON_PAGE, starts_section=True),
    Action("paste", EDIT, mark("Paste"), "canvas.paste", ("Ctrl+V",), "paste", needs=PAGE_OPEN,
           scope=ON_PAGE),
    Action("duplicate", EDIT, mark("Duplicate"), "canvas.duplicate", ("Ctrl+D",), needs=SELECTION),
    Action("delete", EDIT, mark("Delete, or reject a proposal"), "review.delete",
           ("Delete",), "delete", needs=SELECTION, scope=ON_PAGE),
    Action("select_all", EDIT, mark("Select all"), "canvas.select_all", ("Ctrl+A",),
           needs=PAGE_OPEN, scope=ON_PAGE),
    Action("simplify", EDIT, mark("Simplify the outline..."), "canvas.simplify", ("Shift+S",),
           "simplify", needs=SELECTION, starts_section=True),
    Action("make_mask", EDIT, mark("Turn the outline into a mask"), "canvas.make_mask",
           needs=SELECTION),
    Action("align_left", EDIT, mark("Align left"), "canvas.align",
           ("Ctrl+Alt+Left", "Ctrl+Shift+Left"), argument="left", needs=SELECTION,
           starts_section=True),
    Action("align_right", EDIT, mark("Align right"), "canvas.align",
           ("Ctrl+Alt+Right", "Ctrl+Shift+Right"), argument="right", needs=SELECTION),
    Action("align_top", EDIT, mark("Align top"), "canvas.align",
           ("Ctrl+Alt+Up", "Ctrl+Shift+Up"), argument="top", needs=SELECTION),
    Action("align_bottom", EDIT, mark("Align bottom"), "canvas.align",
           ("Ctrl+Alt+Down", "Ctrl+Shift+Down"), argument="bottom", needs=SELECTION),
    Action("align_center", EDIT, mark("Align centres, one above the other"), "canvas.align",
           argument="center", needs=SELECTION),
    Action("align_middle", EDIT, mark("Align centres, side by side"), "canvas.align",
           argument="middle", needs=SELECTION),
    Action("distribute_across", EDIT, mark("Distribute across"), "canvas.distribute",
           ("Ctrl+Alt+H",), argument="across", needs=SELECTION),
    Action("distribute_down", EDIT, mark("Distribute down"), "canvas.distribute", ("Ctrl+Alt+V",),
           argument="down", needs=SELECTION),
    Action("zoom_in", VIEW, mark("Zoom in"), "canvas.zoom_in", ("Ctrl++", "Ctrl+="), "zoom-in",
           needs=PAGE_OPEN),
    Action("zoom_out", VIEW, mark("Zoom out"), "canvas.zoom_out", ("Ctrl+-",), "zoom-out",
           needs=PAGE_OPEN),
    Action("actual_size", VIEW, mark("100 %"), "canvas.actual_size", ("Ctrl+0",), "actual-size",
           needs=PAGE_OPEN),
    Action("fit_page", VIEW, mark("Whole page"), "canvas.fit_page", ("Ctrl+F",), "fit-page",
           needs=PAGE_OPEN),
    Action("fit_width", VIEW, mark("Page width"), "canvas.fit_width", ("Ctrl+Shift+F",),
           "fit-width", needs=PAGE_OPEN),
    Action("zoom_selection", VIEW, mark("Zoom to the selection"), "view.zoom_to_selection",
           ("Ctrl+G",), needs=SELECTION),
    Action("hide_selected", VIEW, mark("Hide the selection"), "sight.hide_selection",
           ("Ctrl+H", "H"), needs=PAGE_OPEN, starts_section=True),
    Action("hide_all", VIEW, mark("Hide or show all annotations"), "sight.toggle_annotations",
           ("T",), "hide", needs=PAGE_OPEN),
    Action("hide_words", VIEW, mark("Hide or show word outlines"), "sight.toggle_words",
           ("Shift+T",), needs=PAGE_OPEN),
    Action("lock", VIEW, mark("Lock the selection; unlock, with nothing selected"),
           "sight.toggle_lock", ("Shift+L",), "lock", needs=PAGE_OPEN),
    Action("show_filter", VIEW, mark("Filter..."), "sight.show_filter", ("Ctrl+Shift+K",),
           "filter", needs=PAGE_OPEN, starts_section=True),
    Action("clear_filter", VIEW, mark("Look at everything again"), "sight.clear_filter",
           ("Alt+Shift+K",), needs=PAGE_OPEN),
    Action("next_pane", VIEW, mark("To the next part of the window"), "view.next_pane", ("F6",),
           starts_section=True),
    Action("full_screen", VIEW, mark("Full screen"), "view.toggle_full_screen", ("F11",)),
    Action("next_page", PAGE, mark("Next page"), "pages.next_page", ("D", "PgDown"), "next",
           needs=PAGE_OPEN),
    Action("previous_page", PAGE, mark("Previous page"), "pages.previous_page", ("A", "PgUp"),
           "previous", needs=PAGE_OPEN),
    Action("next_unchecked", PAGE, mark("Next unchecked page"), "pages.next_unchecked",
           ("Ctrl+Shift+D",), "next-unchecked", needs=PAGE_OPEN),
    Action("previous_unchecked", PAGE, mark("Previous unchecked page"), "pages.previous_unchecked",
           ("Ctrl+Shift+A",), needs=PAGE_OPEN),
    Action("first_page", PAGE, mark("First page"), "pages.first_page", ("Ctrl+Home",),
           needs=PAGE_OPEN),
    Action("last_page", PAGE, mark("Last page"), "pages.last_page", ("Ctrl+End",),
           needs=PAGE_OPEN),
    Action("unlock", PAGE, mark("Enter the password of the document..."), "passwords.unlock",
           ("Ctrl+L",), needs=PAGE_OPEN),
    Action("open_gold", PAGE, mark("Change this gold page"), "pages.open_gold", (),
           needs=PAGE_OPEN),
    Action("rotate_left", PAGE, mark("Turn left"), "pages.rotate_left", ("Ctrl+[",), "rotate-left",
           needs=PAGE_OPEN, starts_section=True),
    Action("rotate_right", PAGE, mark("Turn right"), "pages.rotate_right", ("Ctrl+]",),
           "rotate-right", needs=PAGE_OPEN),
    Action("deskew", PAGE, mark("Straighten..."), "pages.deskew", ("Ctrl+K",), "deskew",
           needs=PAGE_OPEN),
    Action("recognize", PAGE, mark("Read the text again, of the selection or the page"),
           "pages.recognize", ("Ctrl+R",), "recognize", needs=PAGE_OPEN, starts_section=True),
    Action("prelabel", PAGE, mark("Pre-label this page"), "pages.prelabel", ("I",), "prelabel",
           needs=PAGE_OPEN),
    Action("prelabel_all", PAGE, mark("Pre-label all pages"), "pages.prelabel_all", ("Ctrl+B",),
           "prelabel-all", needs=PROJECT),
    Action("tool_select", LABEL, mark("Select"), "tools.choose", ("V", "Ctrl+J"), "select",
           "select", PAGE_OPEN, group="tools"),
    Action("tool_box", LABEL, mark("Box"), "tools.choose", ("R", "W"), "box", "box", PAGE_OPEN,
           group="tools"),
    Action("tool_entity", LABEL, mark("Entity: sweep over words"), "tools.choose", ("E",),
           "entity", "entity", PAGE_OPEN, group="tools"),
    Action("tool_relation", LABEL, mark("Link: from one entity to another"), "tools.choose",
           ("L",), "relation", "relation", PAGE_OPEN, group="tools"),
    Action("tool_table", LABEL, mark("Table: draw its outline"), "tools.choose", ("C",), "table",
           "table", PAGE_OPEN, group="tools"),
    Action("tool_rotated", LABEL, mark("Rotated box: one side, then how wide"), "tools.choose",
           ("O",), "rotated", "rotated", PAGE_OPEN, group="tools"),
    Action("tool_polygon", LABEL, mark("Polygon"), "tools.choose", ("P", "Q"), "polygon",
           "polygon", PAGE_OPEN, group="tools"),
    Action("tool_brush", LABEL, mark("Brush"), "tools.choose", ("B",), "brush", "brush", PAGE_OPEN,
           group="tools"),
    Action("tool_eraser", LABEL, mark("Eraser"), "tools.choose", ("X",), "eraser", "eraser",
           PAGE_OPEN, group="tools"),
    Action("tool_wand", LABEL, mark("Wand: connected ink"), "tools.choose", ("K",), "wand", "wand",
           PAGE_OPEN, group="tools"),
    Action("repeat_tool", LABEL, mark("The last tool again"), "tools.repeat", ("Shift+N",),
           needs=PAGE_OPEN),
    Action("brush_smaller", LABEL, mark("Smaller brush, or darker ink only"),
           "tools.smaller_brush", ("[",), needs=PAGE_OPEN, starts_section=True),
    Action("brush_larger", LABEL, mark("Larger brush, or lighter ink too"),
           "tools.larger_brush", ("]",), needs=PAGE_OPEN),
    *(
        Action(f"label_{digit}", LABEL, mark("Label {digit}"), "tools.label_of_key",
               (str(digit), f"Ctrl+{digit}"), argument=str(digit), needs=PAGE_OPEN,
               starts_section=digit == 1)
        for digit in range(1, 10)
    ),
    Action("edit_labels", LABEL, mark("Edit the labels..."), "files.edit_labels",
           ("Ctrl+Shift+L",), "labels", needs=PROJECT, starts_section=True),
    Action("add_row", TABLE, mark("Add a row"), "canvas.add_row", ("Ins",), "row-add",
           needs=TABLE_SELECTED),
    Action("add_column", TABLE, mark("Add a column"), "canvas.add_column", ("Shift+Ins",),
           "column-add", needs=TABLE_SELECTED),
    Action("delete_rows", TABLE, mark("Delete the rows"), "canvas.delete_rows", ("Ctrl+Delete",),
           "row-delete", needs=TABLE_SELECTED, scope=ON_PAGE),
    Action("delete_columns", TABLE, mark("Delete the columns"), "canvas.delete_columns",
           ("Ctrl+Shift+Delete",), "column-delete", needs=TABLE_SELECTED, scope=ON_PAGE),
    Action("merge_cells", TABLE, mark("Merge the cells"), "canvas.merge_cells", ("M",), "merge",
           needs=TABLE_SELECTED, starts_section=True),
    Action("split_cell", TABLE, mark("Split the cell"), "canvas.split_cell", ("Alt+M",), "split",
           needs=TABLE_SELECTED),
    Action("join_rows", TABLE, mark("Join the rows into one"), "canvas.join_rows", ("Shift+M",),
           "row-join", needs=TABLE_SELECTED, starts_section=True),
    Action("join_columns", TABLE, mark("Join the columns into one"), "canvas.join_columns",
           ("Alt+Shift+M",), "column-join", needs=TABLE_SELECTED),
    Action("split_rows", TABLE, mark("Split the rows, line by line"), "canvas.split_rows",
           ("Alt+Ins",), "row-split", needs=TABLE_SELECTED),
    Action("split_columns", TABLE, mark("Split the columns at their widest gap"),
           "canvas.split_columns", ("Alt+Shift+Ins",), "column-split", needs=TABLE_SELECTED),
    Action("delete_edge", TABLE, mark("Delete the edge"), "canvas.delete_edge",
           needs=TABLE_SELECTED),
    Action("toggle_header", TABLE, mark("Header down to this row"), "canvas.toggle_header",
           ("Shift+H",), "header", needs=TABLE_SELECTED, starts_section=True),
    Action("toggle_projected", TABLE, mark("Projected row header"), "canvas.toggle_projected",
           ("Shift+P",), "projected", needs=TABLE_SELECTED),
    Action("propose_again", TABLE, mark("Propose the grid again"), "tables.propose_again", ("U",),
           "grid", needs=TABLE_SELECTED, starts_section=True),
    Action("propose_rows", TABLE, mark("Propose the rows again"), "tables.propose_rows",
           ("Shift+U",), needs=TABLE_SELECTED),
    Action("propose_columns", TABLE, mark("Propose the columns again"), "tables.propose_columns",
           ("Alt+U",), needs=TABLE_SELECTED),
    Action("next_reading", TABLE, mark("Another reading of the grid"), "tables.next_reading",
           ("Z",), needs=TABLE_SELECTED),
    Action("previous_reading", TABLE, mark("The reading before"), "tables.previous_reading",
           ("Shift+Z",), needs=TABLE_SELECTED),
    Action("copy_grid", TABLE, mark("Copy the grid to the next page, fitted"),
           "tables.copy_to_next_page", ("Ctrl+Shift+G",), needs=TABLE_SELECTED,
           starts_section=True),
    Action("continue_table", TABLE, mark("Continue the table on the next page"),
           "tables.continue_on_next_page", ("Ctrl+Shift+M",), needs=TABLE_SELECTED),
    Action("part_before", TABLE, mark("To its part on the page before"), "tables.to_part_before",
           ("Ctrl+Alt+PgUp",), needs=TABLE_SELECTED),
    Action("part_after", TABLE, mark("To its part on the next page"), "tables.to_part_after",
           ("Ctrl+Alt+PgDown",), needs=TABLE_SELECTED),
    Action("turn_table_left", TABLE, mark("Turn the table's frame left"), "tables.turn_left", (),
           needs=TABLE_SELECTED, starts_section=True),
    Action("turn_table_right", TABLE, mark("Turn the table's frame right"), "tables.turn_right",
           (), needs=TABLE_SELECTED),
    Action("fit_slant", TABLE, mark("Fit to the slant of its words"), "tables.fit_slant", (),
           needs=TABLE_SELECTED),
    Action("make_grid", TABLE, mark("Make a grid of regions"), "edit.make_grid", ("Ctrl+M",),
           "grid", needs=SELECTION),
    Action("accept", REVIEW, mark("Accept and go on; edit the text of what is accepted"),
           "review.accept_or_edit", ("Return", "Enter"), "accept", needs=SELECTION, scope=ON_PAGE),
    Action("accept_rest", REVIEW, mark("Accept the rest of the page"), "review.accept_rest",
           ("Shift+Return", "Shift+Enter"), "accept-rest", needs=PAGE_OPEN),
    Action("accept_above", REVIEW, mark("Accept all above a score..."), "texts.accept_above",
           ("Alt+Return", "Alt+Enter"), needs=PAGE_OPEN),
    Action("next_item", REVIEW, mark("Next annotation"), "review.next_item", ("Tab",),
           needs=PAGE_OPEN, scope=ON_PAGE),
    Action("previous_item", REVIEW, mark("Previous annotation"), "review.previous_item",
           ("Shift+Tab",), needs=PAGE_OPEN, scope=ON_PAGE),
    Action("next_doubtful", REVIEW, mark("Next doubtful thing, on any page"),
           "review.next_doubtful", ("N",), "doubtful", needs=PAGE_OPEN),
    Action("next_problem", REVIEW, mark("Next problem that checks find"),
           "problems.next_problem", ("J",), "warning", needs=PAGE_OPEN, starts_section=True),
    Action("repair_problem", REVIEW, mark("Repair the problem"), "problems.repair", ("Shift+J",),
           needs=PAGE_OPEN),
    Action("accept_warning", REVIEW, mark("Let the warning stand"), "problems.accept_warning",
           ("Alt+J",), needs=PAGE_OPEN),
    Action("next_marked", REVIEW, mark("Next unsure or doubtful thing, on any page"),
           "marks.next_marked", ("Shift+Y",), needs=PAGE_OPEN),
    Action("mark_done", REVIEW, mark("Page is done, next page"), "review.mark_done",
           ("Ctrl+Return", "Ctrl+Enter"), "done", needs=PAGE_OPEN, starts_section=True,
           page_keys=("End",)),
    Action("accept_page", REVIEW, mark("Accept the page"), "review.accept_page",
           ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), needs=PAGE_OPEN),
    Action("return_page", REVIEW, mark("Return the page"), "review.return_page",
           ("Ctrl+Shift+Backspace",), "return", needs=PAGE_OPEN),
    Action("show_changes", REVIEW, mark("Changes since the proposal"), "changes.toggle",
           ("Shift+C",), "changes", needs=PAGE_OPEN, starts_section=True),
    Action("next_change", REVIEW, mark("Next change"), "changes.next", ("Shift+V",),
           needs=PAGE_OPEN),
    Action("take_back", REVIEW, mark("Take back this change"), "changes.take_back", ("Shift+X",),
           needs=PAGE_OPEN),
    Action("compare_with", REVIEW, mark("Compare with another version..."),
           "changes.compare_with", ("Ctrl+Alt+C",), needs=PROJECT),
    Action("keys", HELP, mark("Keys"), "view.show_keys", ("F1",), "help"),
    Action("change_keys", HELP, mark("Change the keys..."), "view.change_keys", ("Shift+F1",)),
    Action("messages", HELP, mark("Jobs and messages"), "view.toggle_messages", ("F8",), "info"),
    Action("logs", HELP, mark("Log and crash records..."), "view.show_logs", (),
           starts_section=True),
    Action("log_folder", HELP, mark("Open the log folder"), "view.open_log_folder", ()),
    Action("about", HELP, mark("About Proofdesk"), "view.about", ()),
)  # fmt: skip
"""All actions, in the order of their menus."""

MAIN_TOOLBAR = (
    "open", "", "undo", "redo", "", "previous_page", "next_page", "next_unchecked", "", "zoom_out",
    "zoom_in", "fit_page", "fit_width", "", "rotate_left", "rotate_right", "deskew", "recognize",
    "", "hide_all", "stretch", "prelabel", "prelabel_all", "accept_rest", "next_doubtful",
    "mark_done", "", "export", "keys",
)  # fmt: skip
"""Ids of the toolbar on top; "" is a gap, "stretch" pushes what follows to the right."""

TOOL_BAR = (
    "tool_select", "", "tool_entity", "tool_relation", "tool_table", "", "tool_box", "tool_rotated",
    "tool_polygon", "tool_brush", "tool_eraser", "tool_wand",
)  # fmt: skip
"""Ids of the tools beside the page."""


CONTEXT_MENU = (
    "accept", "delete", "", "edit_text", "edit_label", "illegible", "unsure", "note", "group",
    "ungroup", "", "copy", "paste", "duplicate", "", "delete_edge", "merge_cells",
    "split_cell", "", "add_row", "split_rows", "join_rows", "delete_rows", "", "add_column",
    "split_columns", "join_columns", "delete_columns", "", "toggle_header", "toggle_projected",
    "next_reading", "make_grid",
    "", "simplify", "make_mask", "", "recognize", "zoom_selection", "hide_selected", "lock",
)  # fmt: skip
"""Ids of the menu over the page and the list; it shows those that can be chosen."""

FITTING = {
    "edit_label": ("entity", "region"), "illegible": ("word", "entity"),
    "unsure": ("word", "entity", "relation", "table", "region"),
    "note": ("entity", "relation", "table", "region"), "group": ("word", "entity"),
    "ungroup": ("entity",), "make_grid": ("region",), "simplify": ("region",),
    "make_mask": ("region",), "delete_edge": ("edge",), "merge_cells": ("several cells",),
    "split_cell": ("merged cell",), "add_row": ("cells",), "split_rows": ("cells",),
    "join_rows": ("several rows",), "delete_rows": ("cells",), "add_column": ("cells",),
    "split_columns": ("cells",), "join_columns": ("several columns",), "delete_columns": ("cells",),
    "toggle_header": ("cells",), "toggle_projected": ("cells",), "next_reading": ("table",),
}  # fmt: skip
"""One of these must be selected, or chosen in a table, for an action to be in that menu
(`CanvasView.fitting`).
"""


@dataclass(frozen=True)
class Gesture:
    """Something the mouse, or a held key, does; shown beside the keys under F1."""

    menu: str
    keys: str
    text: str


GESTURES = (
    Gesture(EDIT, mark("Click, Ctrl+click, drag"), mark("Select, add, rubber band")),
    Gesture(EDIT, mark("Double-click"), mark("Edit the text in place")),
    Gesture(EDIT, mark("Arrows"), mark("Move by 1; with Shift by 10; with Alt one edge")),
    Gesture(
        EDIT,
        mark("Arrows, Shift+arrows on words"),
        mark("Walk the words; choose more or fewer, also of an entity"),
    ),
    Gesture(EDIT, "Backspace", mark("Take back the last corner; delete the one pointed at")),
    Gesture(EDIT, mark("Drag a side, Alt+click a corner"), mark("Add or delete a corner")),
    Gesture(EDIT, "Esc", mark("Stop the gesture; then back to Select")),
    Gesture(VIEW, mark("Wheel, Ctrl+wheel, pinch"), mark("Scroll, zoom to the pointer")),
    Gesture(VIEW, mark("Space+drag, middle button"), mark("Move the page about")),
    Gesture(LABEL, mark("1 to 9, Ctrl+1 to 9"), mark("The label with this digit")),
    Gesture(LABEL, mark("L, then letters"), mark("Link to the entity with these letters, or not")),
    Gesture(LABEL, mark("Enter or double-click"), mark("Finish a polygon")),
    Gesture(LABEL, mark("Wand: Shift, Alt + click"), mark("Add ink, take ink away")),
    Gesture(LABEL, mark("Wand: drag, wheel, [ ]"), mark("Take lighter or only darker ink")),
    Gesture(LABEL, mark("Wand: , ."), mark("Narrower or wider gaps belong to the ink")),
    Gesture(TABLE, mark("Hold H + click"), mark("Add a row edge")),
    Gesture(TABLE, mark("Hold V + click"), mark("Add a column edge")),
    Gesture(TABLE, mark("Drag an edge"), mark("Move it; onto its neighbour removes it")),
    Gesture(TABLE, mark("Alt with that"), mark("Do not snap to the white between words")),
    Gesture(TABLE, mark("Click or drag along the ruler"), mark("Choose rows or columns")),
    Gesture(
        TABLE,
        mark("Drag from the ruler"),
        mark("A column edge from the left, a row edge from above"),
    ),
    Gesture(TABLE, mark("Arrows, Shift+arrows"), mark("From cell to cell, choose more of them")),
)
"""What the mouse does, for the overlay."""


def action(action_id: str) -> Action:
    """The action with this id."""
    return next(item for item in ACTIONS if item.id == action_id)
