"""Find and replace in the texts of words and entities; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.document import edits
from desktop.errors import UserError
from desktop.store.texts import EntityText, PageTexts
from model_backend.document import Entity, Page, Word

if TYPE_CHECKING:
    import regex

    from desktop.store.reading import Reading

TEXT_SECONDS = 0.25
"""An expression that takes longer on one text would take for ever on a project."""
PAGES_AT_ONCE = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for, and what is put in its place."""

    find: str
    replacement: str = ""
    is_whole_word: bool = False
    is_same_case: bool = False
    is_expression: bool = False

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        import regex

        text = self.find if self.is_expression else regex.escape(self.find, literal_spaces=True)
        if self.is_whole_word:
            text = rf"(?<!\w)(?:{text})(?!\w)"
        flags = regex.UNICODE if self.is_same_case else regex.UNICODE | regex.IGNORECASE
        try:
            return regex.compile(text, flags)
        except regex.error as error:
            raise UserError(
                "This is no regular expression: {problem}. Correct it, or search for plain text.",
                problem=error,
            ) from error

    def check(self) -> None:
        """UserError that says what is wrong with the expression or its replacement."""
        if not self.find:
            raise UserError("Type what to look for.")
        self.replaced("")

    def may_be_in(self, texts: PageTexts) -> bool:
        """Whether a page needs a closer look: plain text is looked for in all its texts at once."""
        if self.is_expression:
            return True
        whole = "\n".join((*texts.words.values(), *(entity.text for entity in texts.entities)))
        return self._pattern.search(whole) is not None

    def replaced(self, text: str) -> str:
        """The text with every match replaced; the very same where there is none."""
        import regex

        new = self.replacement
        template = new if self.is_expression else new.replace("\\", r"\\")
        try:
            return self._pattern.sub(template, text, timeout=TEXT_SECONDS, concurrent=True)
        except TimeoutError as error:
            raise UserError(
                "This expression takes too long, for example on: {text}. Make it simpler: a"
                " repetition inside a repetition is slow.",
                text=text[:60],
            ) from error
        except (regex.error, IndexError) as error:
            raise UserError(
                "The replacement does not fit the expression: {problem}. Groups are written \\1"
                " and \\2.",
                problem=error,
            ) from error


@dataclass(frozen=True)
class Found:
    """One text that would change."""

    page_id: int
    item_id: int
    before: str
    after: str


def found_on(texts: PageTexts, wanted: Wanted) -> list[Found]:
    """What would change on a page.

    Where the words of an entity change, its text follows them. What only its whole text shows,
    such as a match over several words, or a text of its own, is changed there.
    """
    after = {word_id: wanted.replaced(text) for word_id, text in texts.words.items()}
    own: list[Found] = []
    told: set[int] = set()
    for entity in texts.entities:
        new = wanted.replaced(entity.text)
        if new == entity.text or new.split() == _by_words(entity, texts.words, after):
            continue
        own.append(Found(texts.page_id, entity.id, entity.text, new))
        if _is_of_words(entity, texts.words) and len(new.split()) == len(entity.word_ids):
            told.update(entity.word_ids)
    words = [
        Found(texts.page_id, word_id, texts.words[word_id], new)
        for word_id, new in after.items()
        if new != texts.words[word_id] and word_id not in told
    ]
    return [*own, *words]


def _is_of_words(entity: EntityText, words: dict[int, str]) -> bool:
    """Whether the text of an entity is that of its words, and so follows them."""
    own = [words[one] for one in entity.word_ids if one in words]
    return bool(own) and entity.text.split() == " ".join(own).split()


def _by_words(
    entity: EntityText, before: dict[int, str], after: dict[int, str]
) -> list[str] | None:
    """The parts of the text an entity gets by its words alone; None where it does not follow."""
    if not _is_of_words(entity, before):
        return None
    return " ".join(after[one] for one in entity.word_ids if one in after).split()


def search(
    store: Reading,
    wanted: Wanted,
    on_found: Callable[[list[Found]], None],
    *,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
    only_page: int = 0,
) -> int:
    """Hand over what would change, page after page; how many pages were looked at."""
    done, total = 0, 1 if only_page else store.page_count()
    for texts in _pages(store, only_page):
        if is_cancelled():
            return done
        found = found_on(texts, wanted) if wanted.may_be_in(texts) else []
        if found:
            on_found(found)
        done += 1
        if done % PAGES_AT_ONCE == 0 or done == total:
            on_progress(done, total)
    return done


def _pages(store: Reading, only_page: int) -> Iterator[PageTexts]:
    if only_page:
        yield from store.texts.after(only_page - 1, 1)
        return
    after = 0
    while slice_ := store.texts.after(after, PAGES_AT_ONCE):
        after = slice_[-1].page_id
        yield from slice_


def replaced_on(page: Page, found: Iterable[Found]) -> tuple[Page, int]:
    """The page with these texts replaced, and how many were left since they have changed."""
    left = 0
    for one in found:
        item = page.word(one.item_id) or page.annotation(one.item_id)
        if not isinstance(item, Word | Entity) or item.text != one.before:
            left += 1
        elif isinstance(item, Word):
            page = edits.set_word_text(page, item.id, one.after)
        else:
            page = edits.set_text(page, item.id, one.after)
    return page, left


def search_project(
    folder: Path,
    wanted: Wanted,
    on_found: Callable[[list[Found]], None],
    only_page: int = 0,
    *,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> int:
    """`search` in a thread of its own: with its own connection, which only reads."""
    from desktop.store.store import Store

    with Store.open(folder, read_only=True) as store:
        return search(
            store,
            wanted,
            on_found,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
            only_page=only_page,
        )
