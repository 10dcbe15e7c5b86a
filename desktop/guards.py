"""Methods that Qt calls: a bug in one is reported and answered with nothing, not thrown into
whatever Qt was doing, nor into our own code that asked Qt for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from PySide6.QtCore import QSize, Qt

from desktop import bugs

Class = TypeVar("Class", bound=type)

ANSWERS: dict[str, Callable[[], object]] = {
    "rowCount": int,
    "columnCount": int,
    "flags": lambda: Qt.ItemFlag.NoItemFlags,
    "canFetchMore": bool,
    "setData": bool,
    "sizeHint": QSize,
    "event": bool,
    "eventFilter": bool,
    "viewportEvent": bool,
}
"""What is answered where None is no answer."""
LOWER_CASE = ("data", "flags", "event", "paint")
"""Methods of Qt's whose names do not tell them from ours."""


def guarded(made: Class) -> Class:
    """A class whose own versions of Qt's virtual methods raise nothing."""
    for name, method in tuple(vars(made).items()):
        if callable(method) and is_virtual(made, name):
            setattr(made, name, _guard(method, ANSWERS.get(name, _nothing)))
    return made


def is_virtual(made: type, name: str) -> bool:
    """Whether a method of this class takes the place of one that Qt calls."""
    if name != name.lower() or name in LOWER_CASE:
        return any(
            name in vars(base) and base.__module__.startswith("PySide6") for base in made.__mro__
        )
    return False


def _guard(method: Callable[..., Any], answer: Callable[[], object]) -> Callable[..., Any]:
    @wraps(method)
    def safe(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Qt's own
        try:
            return method(*arguments, **options)
        except Exception as error:
            bugs.report(error)
            return answer()

    safe.is_guarded = True  # type: ignore[attr-defined]
    return safe


def _nothing() -> None:
    return None
