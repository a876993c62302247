"""The words of a text, split the same way for what is stored and for what is asked."""

import re
from typing import Final

from rapport.kernel import richtext
from rapport.kernel.folding import fold

MAX_WORD_CHARS: Final = 64
MAX_QUERY_WORDS: Final = 12
# Scripts that write without spaces are found by their single characters.
_WORD = re.compile(
    r"(?=\w)[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff]+"
)


def words_of(words: str) -> list[str]:
    """The words in their order, without case and accents."""
    return [word[:MAX_WORD_CHARS] for word in _WORD.findall(fold(words))]


def query_of(words: str) -> str | None:
    """A tsquery for all of the words, the last one perhaps unfinished; None without any."""
    found = words_of(words)[:MAX_QUERY_WORDS]
    if not found:
        return None
    return " & ".join(f"'{word}'" for word in found) + ":*"


def passage(bodies: list[str], wanted: list[str], *, max_chars: int = 160) -> str:
    """The part of one of the texts that shows most of the wanted words."""
    best, best_score = "", -1
    for body in bodies:
        folded = fold(body)
        score = sum(word in folded for word in wanted)
        if score > best_score:
            best, best_score = body, score
    text = richtext.plain(best, max_chars=richtext.MAX_MARKDOWN_CHARS)
    folded = fold(text)
    starts = [at for word in wanted if (at := folded.find(word)) >= 0]
    start = max(0, min(starts, default=0) - max_chars // 4)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    shown = text[start : start + max_chars]
    return ("… " if start else "") + shown + (" …" if start + max_chars < len(text) else "")
