"""Where a project lies: a disk of this computer, a network share, or a folder that is synchronised.

SQLite's write-ahead log needs memory that all who use the file share, which no network gives; and
what synchronises folders parts the log from its file. Both get a rollback journal instead.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from model_backend.translation import _

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = {
    *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "fuse", "glusterfs"),
    *("lustre", "ncpfs", "nfs", "nfs4", "orangefs", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf"),
    *("virtiofs", "webdav"),
}
"""Kinds of file systems, with all of `fuse.*`: what answers there is another computer, or may be.
`fuseblk` is a disk of this one (NTFS, exFAT)."""

_SYNCHRONISED = re.compile(
    r"(onedrive|dropbox|google ?drive|googledrive|icloud ?drive|mobile documents|cloudstorage"
    r"|nextcloud|owncloud|pcloud ?drive|megasync|syncthing|seafile|tresorit|yandex\.disk)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_MARKS = (".dropbox", ".dropbox.cache", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log")
"""What such programs leave in the folder that they synchronise, whatever its name is."""
_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_REMOTE_DRIVE = 4


@dataclass(frozen=True)
class Place:
    """What of the place is not a plain disk of this computer; both are empty where it is one."""

    network: str = ""
    synchronised_by: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether SQLite may keep a write-ahead log there."""
        return not (self.network or self.synchronised_by)

    @property
    def warning(self) -> str:
        """What a person should know who works there; empty on a plain disk."""
        if self.synchronised_by:
            return _(
                "{name} synchronises this folder: open it on one computer at a time, once it is"
                " synchronised."
            ).format(name=self.synchronised_by)
        if self.network:
            return _(
                "Network drive ({kind}): saving is slower, and stops with the connection. A local"
                " disk is safer."
            ).format(kind=self.network)
        return ""


def place_of(folder: Path) -> Place:
    """Where a folder lies, as far as this system tells."""
    real = Path(os.path.realpath(folder))
    return Place(_network(real), _synchronised_by(real))


def _network(folder: Path) -> str:
    if sys.platform == "win32":
        return _windows_share(folder)
    kind = _file_system(folder)
    return kind if kind.startswith("fuse.") or kind in _NETWORK else ""


def _file_system(folder: Path) -> str:
    """The kind of the file system that is mounted closest above the folder; empty where unknown."""
    try:
        lines = MOUNTS.read_bytes().splitlines()
    except OSError:  # not Linux
        return ""
    found = ("", "")
    for line in lines:
        before, _separator, after = os.fsdecode(line).partition(" - ")
        point = _unescaped(before.split(" ")[4])
        is_above = folder.is_relative_to(point)
        if is_above and len(point) >= len(found[0]):  # the last one mounted there is what is seen
            found = (point, after.split(" ")[0])
    return found[1]


def _unescaped(text: str) -> str:
    """A path of mountinfo: blanks and the like stand there as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _windows_share(folder: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    if folder.drive.startswith("\\\\"):
        return "SMB"
    kind = ctypes.windll.kernel32.GetDriveTypeW(folder.anchor)
    return "SMB" if kind == _REMOTE_DRIVE else ""


def _synchronised_by(folder: Path) -> str:
    for name in _VARIABLES:
        root = os.environ.get(name)
        if root and folder.is_relative_to(root):
            return "OneDrive"
    for part in (folder, *folder.parents):
        match = _SYNCHRONISED.match(part.name)
        if match:
            return match[1]
        mark = next((mark for mark in _MARKS if (part / mark).exists()), "")
        if mark:
            return part.name or mark
    return ""
