"""Projects on network drives and in synchronised folders: a warning, and no log beside the file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page
from small_disks import fuse_drive

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.jobs.exporting import export_project
from desktop.store import places
from desktop.store.backups import TIME, Moment, looked_into, restore_whole
from desktop.store.places import place_of
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.formats.pictures import NO_PICTURE

LINES = """22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 / /mnt/share rw - {kind} server:/export rw
41 27 0:41 / /mnt/my\\040share rw shared:1 - {kind} server:/export rw
42 40 8:1 / /mnt/share/stick rw - vfat /dev/sda1 rw
43 27 0:43 / /mnt/over rw - {kind} a rw
44 43 8:2 / /mnt/over rw - ext4 /dev/sdb1 rw
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        document = replace(document_of(2), media_type=NO_PICTURE)
        store.add_document(None, document, [full_page(0), full_page(1)], read=True)
        return store.folder


@pytest.mark.parametrize(
    ("kind", "is_network"),
    [
        *((kind, True) for kind in ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse")),
        *((kind, True) for kind in ("fuse.rclone", "fuse.glusterfs", "ceph", "virtiofs", "vboxsf")),
        *(
            (kind, False)
            for kind in ("ext4", "btrfs", "xfs", "fuseblk", "vfat", "tmpfs", "overlay")
        ),
    ],
)
def test_kind_of_the_closest_mount_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, *, is_network: bool
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(LINES.format(kind=kind))
    monkeypatch.setattr(places, "MOUNTS", table)
    for on_it in ("/mnt/share/a.proofdesk", "/mnt/my share/deep/b.proofdesk", "/mnt/share"):
        assert place_of(Path(on_it)).network == (kind if is_network else "")
        assert place_of(Path(on_it)).is_plain is not is_network
        assert bool(place_of(Path(on_it)).warning) is is_network
    for beside in ("/home/a", "/mnt/share/stick/a", "/mnt/shared/a", "/mnt/over/a"):
        assert place_of(Path(beside)).is_plain


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("OneDrive - Contoso/Work/a.proofdesk", "OneDrive"),
        ("Dropbox/a.proofdesk", "Dropbox"),
        ("Dropbox (Personal)/a.proofdesk", "Dropbox"),
        ("Google Drive/My Drive/a.proofdesk", "Google Drive"),
        ("Library/CloudStorage/GoogleDrive-me@example.com/a.proofdesk", "GoogleDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/a.proofdesk", "Mobile Documents"),
        ("iCloudDrive/a.proofdesk", "iCloudDrive"),
        ("Nextcloud/a.proofdesk", "Nextcloud"),
        ("dropboxes/a.proofdesk", ""),
        ("my onedrive notes/a.proofdesk", ""),
        ("Documents/a.proofdesk", ""),
    ],
)
def test_folders_that_are_synchronised_are_known_by_name(
    tmp_path: Path, path: str, name: str
) -> None:
    place = place_of(tmp_path / path)
    assert place.synchronised_by == name
    assert place.is_plain is not bool(name)
    assert name in place.warning


def test_folders_that_are_synchronised_are_known_by_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work" / ".stfolder").mkdir(parents=True)
    assert place_of(tmp_path / "work" / "deep" / "a.proofdesk").synchronised_by == "work"
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "firm"))
    assert place_of(tmp_path / "firm" / "a.proofdesk").synchronised_by == "OneDrive"
    assert place_of(tmp_path / "home" / "a.proofdesk").is_plain


def test_link_into_a_synchronised_folder_is_one(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "a.proofdesk").mkdir(parents=True)
    (tmp_path / "b.proofdesk").symlink_to(tmp_path / "Dropbox" / "a.proofdesk")
    assert place_of(tmp_path / "b.proofdesk").synchronised_by == "Dropbox"


def _mode(store: Store) -> str:
    with store.database.reading() as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def _work(folder: Path, tmp_path: Path) -> None:
    """A session with everything in it; whenever somebody looks, there is no log."""
    document = OpenDocument(Store.open(folder))
    assert _mode(document.store) == "truncate"
    document.apply("Note", edits.set_note(document.page(1), "before"))
    moment = Moment(folder / FILE)
    assert not moment.is_held
    kept = moment.keep(TIME)
    document.apply("Note", edits.set_note(document.page(1), "after"))
    out = tmp_path / f"out of {folder.name}"
    export_project(folder, "page_xml", out, include_proposed=True)
    document.undo()
    assert document.page(1).note == "before"
    assert _beside(folder) <= {"project.sqlite-journal"}
    document.close()
    assert problem_of(folder / FILE) == ""
    assert problem_of(kept) == ""
    with looked_into(kept, folder) as backup:
        assert backup.page(1).note == "before"
    restore_whole(folder, kept)
    with Store.open(folder) as store:
        assert store.page(1).note == "before"
    with Store.open(folder, read_only=True) as store:
        assert store.page(1).note == "before"
    assert _beside(folder) <= {"project.sqlite-journal"}


def _beside(folder: Path) -> set[str]:
    names = (path.name for path in folder.iterdir())
    return {name for name in names if name.startswith(f"{FILE}-")}


def test_session_on_a_real_fuse_drive_never_has_a_log(folder: Path, tmp_path: Path) -> None:
    with fuse_drive(folder.parent, tmp_path.with_name("drive")) as drive:
        place = place_of(drive / folder.name)
        assert place.network.startswith("fuse")
        _work(drive / folder.name, tmp_path)


def test_session_in_a_synchronised_folder_never_has_a_log(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "Dropbox" / folder.name
    shutil.copytree(folder, there)
    _work(there, tmp_path)
    back = tmp_path / "back.proofdesk"
    shutil.copytree(there, back)
    with Store.open(back) as store:
        assert _mode(store) == "wal"


def test_log_that_came_with_a_copy_is_taken_in(folder: Path, tmp_path: Path) -> None:
    """The project was copied while it was open: what stands in its log only is not lost."""
    there = tmp_path / "Dropbox" / folder.name
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), "in the log"))
    assert (folder / f"{FILE}-wal").stat().st_size > 0
    shutil.copytree(folder, there, ignore=shutil.ignore_patterns("*-shm"))
    document.close()
    with Store.open(there) as store:
        assert (_mode(store), store.page(1).note) == ("truncate", "in the log")
        assert _beside(there) <= {"project.sqlite-journal"}


def test_export_does_not_keep_edits_waiting_there(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "Dropbox" / folder.name
    shutil.copytree(folder, there)
    document = OpenDocument(Store.open(there))
    is_begun, is_edited = threading.Event(), threading.Event()
    seen = list[str]()

    def read() -> None:
        with Store.open(there, read_only=True) as reader, reader.database.snapshot():
            seen.append(reader.page(1).note)
            is_begun.set()
            assert is_edited.wait(60)
            seen.append(reader.page(1).note)

    reading = threading.Thread(target=read)
    reading.start()
    assert is_begun.wait(60)
    document.apply("Note", edits.set_note(document.page(1), "while it is read"))
    is_edited.set()
    reading.join()
    assert seen == ["", ""]
    assert document.store.page(1).note == "while it is read"
    document.close()


def test_edit_does_not_wait_for_a_copy_there_and_is_in_it(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "Dropbox" / folder.name
    shutil.copytree(folder, there)
    document = OpenDocument(Store.open(there))
    document.apply("Note", edits.set_note(document.page(2), "x" * 3_000_000))
    moment = Moment(there / FILE)
    is_begun, is_edited, kept = threading.Event(), threading.Event(), list[Path]()

    def between_steps() -> bool:
        is_begun.set()
        assert is_edited.wait(60)
        return False

    copying = threading.Thread(target=lambda: kept.append(moment.keep(TIME, between_steps)))
    copying.start()
    assert is_begun.wait(60)
    document.apply("Note", edits.set_note(document.page(1), "while it is copied"))
    is_edited.set()
    copying.join()
    document.close()
    with looked_into(kept[0], there) as backup:
        assert backup.page(1).note == "while it is copied"


def test_clean_close_leaves_the_file_alone(folder: Path) -> None:
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), "x"))
    document.close()
    assert _beside(folder) == set()
    with Store.open(folder, read_only=True) as store:
        store.page(1)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("SELECT note FROM pages WHERE id = 1").fetchone() == ("x",)


_CUT_SHORT = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = TRUNCATE")
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA cache_spill = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE pages SET note = 'half written' || hex(zeroblob(9000))")
connection.execute("UPDATE annotations SET value = value || ' '")
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")
@pytest.mark.parametrize("how", ["write", "read", "restore"])
def test_write_that_was_cut_short_is_taken_back(folder: Path, tmp_path: Path, how: str) -> None:
    """What is left of it lies beside the file: who only reads cannot take it back."""
    there = tmp_path / "Dropbox" / folder.name
    shutil.copytree(folder, there)
    kept = Moment(there / FILE).keep(TIME)
    command = [sys.executable, "-c", _CUT_SHORT, str(there / FILE)]
    assert subprocess.run(command, check=False).returncode == -9
    assert (there / f"{FILE}-journal").stat().st_size > 0
    if how == "restore":
        restore_whole(there, kept)
        assert not list((there / "backups").glob("damaged-*"))
    with Store.open(there, read_only=how == "read") as store:
        assert store.page(1).note == ""
        assert store.damaged == set()
    assert problem_of(there / FILE) == ""
