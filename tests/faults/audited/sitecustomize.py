"""Writes down what a process and the processes it starts open, connect to and run.

Python imports this by itself where its folder is on PYTHONPATH; `audit_log` reads what it wrote.
"""

from __future__ import annotations

import os
import sys

WATCHED = {
    "open",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyaddr",
    "socket.gethostbyname",
    "socket.getnameinfo",
    "socket.sendto",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.startfile",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.truncate",
    "os.chmod",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
    "urllib.Request",
    "webbrowser.open",
}
PLACE = os.environ.get("PROOFDESK_AUDIT", "")

if PLACE:
    # one write a line: other threads' lines never mix with it
    _log = os.open(f"{PLACE}/{os.getpid()}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _note(event: str, arguments: tuple[object, ...]) -> None:
        if event in WATCHED:
            line = "\t".join([event, *(repr(argument) for argument in arguments)])
            os.write(_log, line.encode(errors="replace") + b"\n")

    sys.addaudithook(_note)
