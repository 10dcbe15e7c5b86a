"""Words to word pieces, by the vocabulary in a model's own folder.

WordPiece: Wu et al. 2016, "Google's Neural Machine Translation System"; BERT's normalisation:
Devlin et al. 2019. The `tokenizers` library does the work; nothing is asked from the hub.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.errors import UserError

VOCABULARY, TOKENIZER, TOKENIZER_CONFIG = "vocab.txt", "tokenizer.json", "tokenizer_config.json"
UNKNOWN, START, END, PADDING = "[UNK]", "[CLS]", "[SEP]", "[PAD]"


@dataclass(frozen=True)
class WordPieces:
    """The pieces of words as numbers, and those of the special tokens."""

    tokenizer: Tokenizer
    unknown: int
    start: int
    end: int
    padding: int

    def pieces(self, words: Sequence[str]) -> list[list[int]]:
        """The numbers of each word's pieces; of a word without any (a lone space, say), unknown."""
        encoded = self.tokenizer.encode_batch(list(words), add_special_tokens=False)
        return [one.ids or [self.unknown] for one in encoded]


def word_pieces(checkpoint: Checkpoint, vocabulary_size: int) -> WordPieces:
    """The tokenizer of the folder: `tokenizer.json`, else `vocab.txt`; UserError without either, or
    when it has more pieces than the network knows.
    """
    if checkpoint.has(TOKENIZER):
        tokenizer = _from_json(checkpoint)
    elif checkpoint.has(VOCABULARY):
        tokenizer = _from_vocabulary(checkpoint)
    else:
        raise UserError(
            "The model's folder lacks {file}, by which words are cut to pieces. Copy it from where"
            " the model was published.",
            file=VOCABULARY,
        )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=0)
    numbers = [
        number
        for token in (UNKNOWN, START, END, PADDING)
        if (number := tokenizer.token_to_id(token)) is not None
    ]
    named = TOKENIZER if checkpoint.has(TOKENIZER) else VOCABULARY
    if len(numbers) < 4:
        raise UserError(
            "The file {file} lacks the pieces {pieces}. Copy it from where the model was"
            " published.",
            file=named,
            pieces=", ".join((UNKNOWN, START, END, PADDING)),
        )
    if largest >= vocabulary_size:
        raise UserError(
            "The file {file} does not belong to these weights: it has {count} pieces, they know"
            " {known}. Copy it from where the model was published.",
            file=named,
            count=largest + 1,
            known=vocabulary_size,
        )
    return WordPieces(tokenizer, *numbers)


def _from_json(checkpoint: Checkpoint) -> Tokenizer:
    data = checkpoint.read(TOKENIZER)
    try:
        return Tokenizer.from_buffer(data)
    except (ValueError, UnicodeDecodeError) as error:
        raise UserError("The file {file} is damaged. Download it again.", file=TOKENIZER) from error


def _from_vocabulary(checkpoint: Checkpoint) -> Tokenizer:
    """BERT's own: lower case and accents off, unless the folder or capitals among the pieces say
    that case counts.
    """
    config = checkpoint.json(TOKENIZER_CONFIG)
    text = checkpoint.text(VOCABULARY).replace("\r\n", "\n").removesuffix("\n")
    numbers = {line: number for number, line in enumerate(text.split("\n"))}  # no other line ends
    tokenizer = Tokenizer(WordPiece(numbers, unk_token=UNKNOWN, max_input_chars_per_word=100))
    has_capitals = any(piece != piece.lower() for piece in numbers if not piece.startswith("["))
    is_lower = bool(config.get("do_lower_case", not has_capitals))
    strip = config.get("strip_accents")
    tokenizer.normalizer = BertNormalizer(
        clean_text=True,
        handle_chinese_chars=bool(config.get("tokenize_chinese_chars", True)),
        strip_accents=strip if isinstance(strip, bool) else None,
        lowercase=is_lower,
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer
