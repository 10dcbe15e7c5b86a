"""The one error that is meant for people: which file, what is wrong, what to do."""

from __future__ import annotations

from pathlib import Path

from model_backend.translation import _, mark


class UserError(Exception):
    """Something a person can do something about; everything else is a bug.

    `template` is an English sentence with named gaps (it is the key of the translation), `values`
    fill the gaps; paths are shown by name only. `str(error)` is the whole message in the language
    in use. Picklable.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = {
            key: value.name if isinstance(value, Path) else value for key, value in values.items()
        }

    def __str__(self) -> str:
        return _(self.template).format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.template, self.values))


def _rebuild(kind: type[UserError], template: str, values: dict[str, object]) -> UserError:
    return kind(template, **values)


class PasswordNeeded(UserError):
    """A document is protected: ask for its password (never stored in plain text)."""


class SetupIncomplete(UserError):
    """A program or its data are missing on this computer: told once, not for every page."""


class Missing(UserError):
    """What was to be read is not there: the drive that it is on is not plugged in, say."""

    def __init__(self, path: Path) -> None:
        super().__init__(mark("{file} cannot be found. Check that it is still there."), file=path)
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Missing, (self._path,))


class Cancelled(Exception):
    """A person stopped the work."""
