"""A project as a set of page files: what it keeps beside its pages, written and read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.store import record
from model_backend.document import Page, collection_of
from model_backend.document_json import to_json
from model_backend.formats.page_json import HISTORY, PROJECT, bytes_of
from model_backend.quality.read_back import check_lines

if TYPE_CHECKING:
    from desktop.store.records import Proposal
    from desktop.store.store import Store

FORMAT, VERSION = "proofdesk-project", 1


def record_of(store: Store, page: Page) -> dict[str, Any]:
    """What the project keeps of a page beside it: how reading it went, and what models said."""
    summary = store.summary(page.id)
    return {
        "is_read": summary.is_read,
        "problem": summary.problem,
        "proposals": [_proposal_json(proposal) for proposal in store.proposals(page.id)],
    }


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {"kind": collection_of(proposal.annotation), **to_json(proposal)}


def write_project(store: Store, folder: Path) -> None:
    """Write labels and record into the folder of the pages, and read them back."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "created_at": store.created_at(),
        "labels": to_json(store.schema()),
    }
    _write(folder / PROJECT, iter([data]))
    _write(folder / HISTORY, _lines(store))


def _write(file: Path, lines: Iterator[dict[str, Any]]) -> None:
    """Write a line for each value; what lies on the disk must be just that."""
    digest, count = hashlib.sha256(), 0
    with file.open("wb") as out:
        for line in lines:
            data = bytes_of(line) + b"\n"
            digest.update(data)
            out.write(data)
            count += 1
    check_lines(file, lines=count, sha256=digest.hexdigest())


def _lines(store: Store) -> Iterator[dict[str, Any]]:
    """Each revision, and behind it what it changed."""
    changes = record.changes(store)
    change = next(changes, None)
    for revision in record.revisions(store):
        yield {"revision": to_json(revision)}
        while change is not None and change[0] == revision.id:
            yield {"page": change[1], "difference": change[2]}
            change = next(changes, None)
