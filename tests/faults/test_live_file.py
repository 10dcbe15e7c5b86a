"""Over a whole session nothing but SQLite opens the live database or what lies beside it: on POSIX
closing such a file drops SQLite's locks, and a copy of it lacks its log.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent

SESSION = """
import os, sys
from pathlib import Path

folder, seen = Path(sys.argv[1]), []

def look(event, arguments):
    if event in ("open", "os.link", "os.rename", "os.truncate", "shutil.copyfile", "os.remove"):
        for argument in arguments[:2]:
            if isinstance(argument, (str, bytes, os.PathLike)):
                name = os.fsdecode(argument)
                parent, _slash, last = name.rpartition("/")
                if last.startswith("project.sqlite") and not parent.endswith("backups"):
                    seen.append((event, name))

sys.addaudithook(look)

from edit_scripts import document_of, full_page
from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.jobs.checking import check_project
from desktop.jobs.exporting import export_project
from desktop.store.backups import ASKED, Moment, backups_of, looked_into, restore_whole
from desktop.store.copying import copy_project
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from dataclasses import replace
from model_backend.formats.pictures import NO_PICTURE

with Store.create(folder) as store:
    document = replace(document_of(2), media_type=NO_PICTURE)
    store.add_document(None, document, [full_page(0), full_page(1)], read=True)
made = list(seen)
assert all(event == "open" for event, name in made), made  # its making, before SQLite has it
seen.clear()
document = OpenDocument(Store.open(folder))
document.apply("Note", edits.set_note(document.page(1), "one"))
document.undo()
document.redo()
moment = Moment(folder / FILE)
document.apply("Note", edits.set_note(document.page(1), "two"))
kept = moment.keep(ASKED)
with looked_into(kept, folder) as reading:
    document.restore_page(reading.page(2))
out = folder.with_name("out")
export_project(folder, "page_xml", out, include_proposed=True)
copy_project(folder, folder.with_name("copy.proofdesk"))
assert problem_of(folder / FILE) == ""
document.store.thumbnails.put(1, "a", b"b")
with Store.open(folder, read_only=True) as reader:
    reader.statistics()
document.close()
mine = [entry for entry in seen if "copy.proofdesk" not in entry[1] and "/data/" not in entry[1]]
assert mine == [], mine
seen.clear()
restore_whole(folder, backups_of(folder)[-1].path)
mine = [entry for entry in seen if entry[0] not in ("os.rename", "os.remove")]
assert all(name.endswith(".partial") for _event, name in mine), mine
seen.clear()
with Store.open(folder) as store:
    assert store.page(1).note == "one"
assert seen == [], seen
print("quiet")
"""


def test_only_sqlite_opens_the_live_database(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SESSION, str(tmp_path / "project.proofdesk")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
    )
    assert ended.stdout == "quiet\n", ended.stderr[-3000:]
