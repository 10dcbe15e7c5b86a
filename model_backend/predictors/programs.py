"""ONNX programs of our own training: loaded once in each process, from bytes that were compared
with what was added.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_backend import runtime
from model_backend.errors import UserError
from model_backend.installed import InstalledModel

KEPT = 6
"""Programs that a process holds at the same time."""


def session_of(path: Path, sha256: str = "") -> Any:  # noqa: ANN401
    """The program of a file, loaded again where the file was changed.

    UserError where it cannot be loaded, or (with the SHA-256 of what was added) is another.
    """
    stamp = path.stat() if path.is_file() else None
    return _loaded(path, sha256, stamp and (stamp.st_mtime_ns, stamp.st_size))


@lru_cache(maxsize=KEPT)
def _loaded(path: Path, sha256: str, stamp: tuple[int, int] | None) -> Any:  # noqa: ANN401
    if not sha256 or stamp is None:
        return runtime.session(path)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(
            "The file {file} is not the one that was added. Remove the model, and add it again if"
            " you trust the new file.",
            file=path,
        )
    return runtime.session(path, data=data)


def program_of(model: InstalledModel) -> tuple[Path, str]:
    """The file of an added program and its recorded SHA-256."""
    (file,) = model.files
    return model.files_folder / file.name, file.sha256
