"""Key maps: ours and those of tools that people come from; one table from actions to keys.

A map names only what differs from the table of actions. What a person changed comes on top and is
kept in the settings. A key means one thing: who is given it takes it from whoever had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from desktop.panels.key_texts import key_text
from desktop.settings.settings import Settings
from desktop.window.actions import ACTIONS, ON_PAGE, Action

OURS = "proofdesk"
Keys = tuple[str, ...]

KEY_MAPS: Mapping[str, Mapping[str, Keys]] = {
    OURS: {},
    "labelme": {
        "tool_box": ("R", "Ctrl+R"),
        "tool_polygon": ("P", "Ctrl+N"),
        "open": ("Ctrl+O", "Ctrl+I"),
        "next_item": ("Tab", "Ctrl+Shift+C"),
        "actual_size": ("Ctrl+0", "Ctrl+="),
        "zoom_in": ("Ctrl++",),
        "hide_selected": ("S", "H"),
        "hide_all": ("T", "Ctrl+H"),
        "ungroup": ("U", "Shift+G"),
        "mark_done": ("Ctrl+Alt+K", "Ctrl+Return", "End"),
        "new_project": ("Ctrl+Alt+N",),
        "recognize": ("Ctrl+Alt+R",),
    },
    "ppocrlabel": {
        "tool_box": ("W", "R"),
        "tool_polygon": ("Q", "Home", "P"),
        "edit_label": ("Ctrl+E", "Ctrl+X"),
        "delete": ("Delete", "Backspace"),
        "recognize": ("Ctrl+R", "Ctrl+Shift+R"),
        "actual_size": ("Ctrl+=", "Ctrl+0"),
        "zoom_in": ("Ctrl++",),
        "mark_done": ("End", "Ctrl+Return"),
    },
    "cvat": {
        "next_page": ("F", "PgDown"),
        "previous_page": ("D", "PgUp"),
        "repeat_tool": ("N",),
        "next_doubtful": ("Shift+N",),
        "lock": ("L", "Shift+L"),
        "tool_relation": ("Alt+R",),
        "hide_selected": ("H", "Ctrl+H"),
    },
}
"""What each map calls differently, the first key shown first (PEERS: the tools' own tables)."""

SPELLINGS = {"Return": ("Return", "Enter"), "Enter": ("Return", "Enter")}
"""Keys that people know by one name though keyboards have two of them."""
FIELD_KEYS = frozenset(
    ("Return", "Enter", "Tab", "Backtab", "Space", "Home", "End", "Del", "Backspace", "Ins")
    + ("Left", "Right", "Up", "Down")
)
"""Keys that fields and lists need: given to an action they are heard on the page only."""
FIELD_COMBINATIONS = frozenset(
    f"{modifiers}+{key}"
    for modifiers in ("Ctrl", "Ctrl+Shift")
    for key in ("A", "C", "V", "X", "Del", "Backspace", "Left", "Right")
)
NAMED_KEY = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z][A-Za-z]*|F\d+)\b|\bF\d+\b")
"""A key that a text names; single letters are not told from other words."""
SPARE_MODIFIERS = ("Alt+", "Alt+Shift+", "Ctrl+Alt+", "Ctrl+Alt+Shift+")
"""With these an action keeps its letter where a map gives the plain one to another action."""


@lru_cache(maxsize=2048)
def normal(key: str) -> str:
    """A key as Qt writes it, so that two spellings of it are equal."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    return "Shift+Tab" if text in ("Backtab", "Shift+Backtab") else text


@lru_cache(maxsize=2048)
def spellings(key: str) -> Keys:
    """All that a keyboard may send for this key."""
    text = normal(key)
    head, plus, last = text.rpartition("+")
    if text == "Shift+Tab":
        return ("Shift+Tab",)
    if text == "Ctrl++":
        return ("Ctrl++",)
    return tuple(f"{head}{plus}{other}" for other in SPELLINGS.get(last, (last,)))


def is_for_page(action: Action, key: str) -> bool:
    """Whether a key of an action is heard only where the page or a list of it has the focus."""
    text = normal(key)
    if action.scope == ON_PAGE or text in map(normal, action.page_keys):
        return True
    head, _plus, last = text.rpartition("+")
    is_plain = head in ("", "Shift") and last in FIELD_KEYS
    is_known = text in map(normal, action.keys)
    return not is_known and (is_plain or text in FIELD_COMBINATIONS)


def keys_of(
    actions: Sequence[Action], map_name: str, own: Mapping[str, Sequence[str]]
) -> dict[str, Keys]:
    """The keys of each action by its id in a map, with what a person changed; no key twice."""
    keys = {action.id: _distinct((*action.keys, *action.page_keys)) for action in actions}
    before = dict(keys)
    for action_id, wanted in KEY_MAPS.get(map_name, {}).items():
        if action_id in keys:
            _give(keys, action_id, wanted)
    for action_id, had in before.items():
        if had and not keys[action_id]:
            _give(keys, action_id, _spare(had, keys.values()))
    for action_id, changed in own.items():
        if action_id in keys:
            _give(keys, action_id, changed)
    return keys


def _distinct(keys: Iterable[str]) -> Keys:
    """Each key once, whatever its spelling."""
    first: dict[str, str] = {}
    for key in keys:
        if normal(key):
            first.setdefault(spellings(key)[0], key)
    return tuple(map(normal, first.values()))


def _give(keys: dict[str, Keys], action_id: str, wanted: Iterable[str]) -> None:
    """The action has exactly these keys, nobody else has one of them."""
    given = _distinct(wanted)
    taken = {spelling for key in given for spelling in spellings(key)}
    for other, had in keys.items():
        keys[other] = tuple(key for key in had if taken.isdisjoint(spellings(key)))
    keys[action_id] = given


def _spare(had: Keys, all_keys: Iterable[Keys]) -> Keys:
    """A free key with the letter that was lost."""
    used = {key for keys in all_keys for key in keys}
    last = normal(had[0]).rpartition("+")[2]
    free = (normal(f"{modifiers}{last}") for modifiers in SPARE_MODIFIERS)
    found = next((key for key in free if key not in used), "")
    return (found,) if found else ()


@dataclass(frozen=True)
class KeyEntry:
    """One action as the dialog of keys lists it."""

    id: str
    menu: str
    text: str
    keys: Keys
    is_changed: bool


class KeyBook(QObject):
    """The keys in use; every change counts at once and is kept in the settings."""

    changed = Signal()

    def __init__(
        self, settings: Settings, actions: Sequence[Action] = ACTIONS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._actions = settings, tuple(actions)
        self._keys: dict[str, Keys] = {}
        self._first = {normal(action.keys[0]): action.id for action in actions if action.keys}
        self.refresh()

    def refresh(self) -> None:
        """Read the chosen map and what was changed in it."""
        self._keys = keys_of(self._actions, self.map_name, self._own)
        self.changed.emit()

    @property
    def map_name(self) -> str:
        """The map in use."""
        name: str = self._settings.value("key_map")
        return name

    @property
    def _own(self) -> dict[str, list[str]]:
        found = self._settings.value("keys")
        return {
            action_id: [key for key in keys if isinstance(key, str)]
            for action_id, keys in found.items()
            if isinstance(keys, list)
        }

    def keys(self, action_id: str) -> Keys:
        """The keys of an action."""
        return self._keys[action_id]

    def entries(self) -> tuple[KeyEntry, ...]:
        """All actions that can have keys, in the order of the menus."""
        own = self._own
        return tuple(
            KeyEntry(
                action.id,
                action.menu,
                action.text.format(digit=action.argument),
                self._keys[action.id],
                action.id in own,
            )
            for action in self._actions
        )

    def owner(self, key: str) -> str:
        """The id of the action that has this key; empty where nobody has it."""
        wanted = set(spellings(key))
        found = (
            action_id
            for action_id, keys in self._keys.items()
            if any(wanted.intersection(spellings(had)) for had in keys)
        )
        return next(found, "")

    def in_use(self, text: str) -> str:
        """A text that names keys of the table of actions, naming those that are in use."""

        def now(found: re.Match[str]) -> str:
            own = self._first.get(normal(found[0].replace("Enter", "Return")), "")
            return key_text(self._keys[own][:1]) or found[0] if own else found[0]

        return NAMED_KEY.sub(now, text)

    def choose_map(self, name: str) -> None:
        """Take this map; what a person changed stays."""
        self._settings.set("key_map", name)
        self.refresh()

    def assign(self, action_id: str, keys: Sequence[str]) -> None:
        """Give an action exactly these keys; whoever had one of them loses it."""
        own = self._own
        before = dict(self._keys)
        _give(before, action_id, keys)
        for other, had in self._keys.items():
            if other in own and before[other] != had:
                own[other] = list(before[other])
        own.pop(action_id, None)  # what is given last is on top
        own[action_id] = list(_distinct(keys))
        self._keep(own)

    def swap(self, action_id: str, key: str) -> None:
        """Give an action this key, and its present owner the action's own keys."""
        other = self.owner(key)
        had = self._keys[action_id]
        rest = [own for own in self._keys[other] if not set(spellings(own)) & set(spellings(key))]
        self.assign(action_id, (key,))
        self.assign(other, (*rest, *had))

    def reset(self, action_id: str) -> None:
        """The keys of the map again, for one action."""
        own = self._own
        if own.pop(action_id, None) is not None:
            self._keep(own)

    def reset_all(self) -> None:
        """The keys of the map again, for all actions."""
        self._keep({})

    def _keep(self, own: dict[str, list[str]]) -> None:
        self._settings.set("keys", own)
        self.refresh()
