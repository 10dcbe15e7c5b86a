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

from desktop.settings.settings_file import NAME
from desktop.store.store import Store

OF_PAGES = Path("documents")
"""Stands among the files that wait for the pages that are not read: it keeps how to read them."""
SEAL = "seal"
KEY_LENGTH = 64
Waiting = tuple[Path, dict[str, Any]]
log = logging.getLogger(__name__)


def remember(store: Store, paths: Sequence[Path], options: Mapping[str, Any]) -> None:
    """Files that this person chose wait now, also those that somebody else let wait."""
    for path in set(paths).intersection(foreign(store)):
        store.drop_pending(path)
    key = _key()
    store.add_pending((path, {**options, SEAL: _seal(key, path, options)}) for path in paths)


def own(store: Store) -> list[Waiting]:
    """What this person let wait, with its options."""
    return [(path, options) for path, options, is_own in _all(store) if is_own]


def foreign(store: Store) -> list[Path]:
    """What waits by somebody else's will, or by that of an earlier version: it is not read."""
    return [path for path, _, is_own in _all(store) if not is_own and path != OF_PAGES]


def _all(store: Store) -> list[tuple[Path, dict[str, Any], bool]]:
    pending = store.pending()
    key = _key() if pending else b""
    found = []
    for path, kept in pending:
        options = {name: value for name, value in kept.items() if name != SEAL}
        found.append((path, options, kept.get(SEAL) == _seal(key, path, options)))
    return found


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
