"""Files that wait for their import: only what the person at this computer chose goes on by itself.

A project may come from somebody else, and with it names of files that are this person's. So what
waits is sealed with a key that is kept outside of projects.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs

from desktop.jobs.imported import Imported
from desktop.settings.settings_file import NAME
from desktop.store.store import Store
from model_backend.translation import _, mark

DATASET = "format"
"""An option of an import that waits: it is of a data set of this format."""
OF_PAGES = Path("documents")
"""Stands among the files that wait for the pages that are not read: it keeps how to read them."""
STOPPED = "stopped"
"""An option of the pages that are not read: a person stopped it, so it does not go on by itself."""
REFUSED = "refused"
"""An option of a file that was tried: why it could not be taken in, for the report of the rest."""
SEAL = "seal"
KEY_LENGTH = 64
Waiting = tuple[Path, dict[str, Any]]
log = logging.getLogger(__name__)


def remember(store: Store, paths: Sequence[Path], options: Mapping[str, Any]) -> None:
    """Files that this person chose wait now, also those that somebody else let wait, and those
    that were refused before.
    """
    chosen, key = set(paths), _key()
    before = [
        path
        for path, kept, is_own in _all(store)
        if path in chosen and (REFUSED in kept or not is_own)
    ]
    store.drop_pending(*before)
    store.add_pending((path, _sealed(key, path, options)) for path in paths)


def own(store: Store) -> list[Waiting]:
    """What this person let wait, with its options."""
    return [(path, options) for path, options, is_own in _all(store) if is_own]


def foreign(store: Store) -> list[Path]:
    """What waits by somebody else's will, or by that of an earlier version: it is not read."""
    return [
        path
        for path, options, is_own in _all(store)
        if not is_own and path != OF_PAGES and REFUSED not in options
    ]


class Unfinished:
    """Keeps in the project that the import of a data set has begun, until all of it was settled: an
    import that is stopped goes on when the project is opened again.
    """

    def __init__(self, store: Store, format_name: str, path: Path) -> None:
        self._store, self._path = store, path
        self._options = {DATASET: format_name}
        self._is_over = False

    def begin(self) -> None:
        """There is something to bring."""
        remember(self._store, [self._path], self._options)

    def end(self) -> None:
        """All that could be brought is there, unless it waits."""
        if not self._is_over:
            self._is_over = True
            self._store.drop_pending(self._path)

    def wait(self, imported: Imported) -> None:
        """What it comes from is not there: what is not brought yet stays to be done."""
        self._is_over = True
        if any(path == self._path for path, _options in self._store.pending()):
            imported.note(self._path.name, _(WAITS))


WAITS = mark(
    "The import goes on when the project is opened while this is there. If it is not wanted any"
    " more: File > Forget imports that wait."
)


def forget_all(store: Store) -> list[Path]:
    """Nothing waits to be imported any more; what waited."""
    paths = [path for path, _options in store.pending() if path != OF_PAGES]
    store.drop_pending(*paths)
    return paths


def keep_refused(store: Store, path: Path, why: str) -> None:
    """A file that cannot be taken in is not tried again, but told again by what goes on later."""
    store.change_pending(path, _sealed(_key(), path, {REFUSED: why}))


def _all(store: Store) -> list[tuple[Path, dict[str, Any], bool]]:
    pending = store.pending()
    key = _key() if pending else b""
    found = []
    for path, kept in pending:
        options = {name: value for name, value in kept.items() if name != SEAL}
        found.append((path, options, kept.get(SEAL) == _seal(key, path, options)))
    return found


def _sealed(key: bytes, path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    return {**options, SEAL: _seal(key, path, options)}


def _seal(key: bytes, path: Path, options: Mapping[str, Any]) -> str:
    said = json.dumps([os.fsencode(path).hex(), dict(options)], sort_keys=True)
    return hmac.new(key, said.encode(), "sha256").hexdigest()


def _key() -> bytes:
    """This person's key; where it cannot be kept, no import goes on by itself later."""
    path = platformdirs.user_data_path(NAME, appauthor=False) / "imports.key"
    try:
        key = path.read_bytes() if path.is_file() else b""
        if len(key) == KEY_LENGTH:
            return key
        key = secrets.token_hex(KEY_LENGTH // 2).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(key)
    except OSError as error:
        log.warning("the key of imports cannot be kept: %s", error)
        return secrets.token_bytes(KEY_LENGTH)
    return key
