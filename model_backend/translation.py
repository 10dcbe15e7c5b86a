"""Text in the user's language: gettext catalogues in resources/translations, English source."""

from __future__ import annotations

import gettext
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Show everything in this language from now on; English where there is no catalogue for it."""
    global _catalogue
    _catalogue = gettext.translation("proofdesk", TRANSLATIONS, [code], fallback=True)


def _(text: str) -> str:
    """The text in the language in use."""
    return _catalogue.gettext(text) if text else ""


def mark(text: str) -> str:
    """Mark a text for translation where it stands in a table and is translated when it is shown."""
    return text
