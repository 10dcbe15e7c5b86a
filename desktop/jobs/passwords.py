"""The passwords of protected documents: in memory only, never written anywhere."""

from __future__ import annotations


class Passwords:
    """What a person typed, by the file's SHA-256."""

    def __init__(self) -> None:
        self._by_sha256: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Passwords({len(self._by_sha256)} kept)"

    def keep(self, sha256: str, password: str) -> None:
        """Remember a password that opened the file."""
        if password:
            self._by_sha256[sha256] = password

    def of(self, sha256: str) -> str:
        """The password of that file; empty when none was given."""
        return self._by_sha256.get(sha256, "")
