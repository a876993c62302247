"""Cards in a mail: the shapes that the web chat draws, as HTML without any program in it."""

from collections.abc import Iterable, Sequence
from html import escape

from rapport.kernel import richtext
from rapport.kernel.cards import (
    Card,
    CarouselCard,
    ChartCard,
    FactsCard,
    FileCard,
    FormCard,
    ImageCard,
    ListCard,
    MapCard,
    Scalar,
    SceneCard,
    Source,
    SourcesCard,
    StepsCard,
    TableCard,
    TextCard,
)


def html_of(cards: Iterable[Card]) -> str:
    """Cards below each other, sanitised. One with nothing to say in a mail is left out."""
    drawn = (_card(card) for card in cards)
    return richtext.sanitise("\n".join(it for it in drawn if it))


def _card(card: Card) -> str:
    body = _body(card)
    title = getattr(card, "title", None)
    heading = f"<p><strong>{escape(title)}</strong></p>" if title and body else ""
    return f"<div>{heading}{body}</div>" if body else ""


def _body(card: Card) -> str:
    match card:
        case TextCard():
            return _paragraph(card.text)
        case FactsCard():
            return _table([], [[fact.label, fact.value] for fact in card.facts])
        case TableCard():
            return _table(card.columns, card.rows)
        case ListCard() | CarouselCard():
            return _list(_link(item.title, item.text, item.url) for item in card.items)
        case FormCard():
            return _table([], [[field.label, None] for field in card.fields])
        case SourcesCard():
            return _list(_source(source) for source in card.sources)
        case StepsCard():
            return _steps(card)
        case _:
            return _seen(card)


def _seen(card: Card) -> str:
    """What is looked at: as a link, or in the words that say what it shows."""
    match card:
        case ImageCard():
            return f'<p><img src="{escape(card.url)}" alt="{escape(card.alt)}"></p>'
        case FileCard():
            return f"<p>{_link(card.name, None, card.url)}</p>"
        case SceneCard() if card.url:
            return f"<p>{_link(card.alt or card.title or card.url, None, card.url)}</p>"
        case ChartCard() | MapCard() | SceneCard():
            return _paragraph(card.alt) if card.alt else ""
        case _:
            return ""


def _source(source: Source) -> str:
    return _link(source.title, source.quote, source.url)


def _steps(card: StepsCard) -> str:
    said = [(step.text or step.title or "", step.done) for step in card.steps]
    items = "".join(f"<li>{'✓ ' if done else ''}{_words(words)}</li>" for words, done in said)
    return f"<ol>{items}</ol>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[Scalar]]) -> str:
    head = "".join(f"<th>{_words(column)}</th>" for column in columns)
    lines = ["".join(f"<td>{_words(_value(cell))}</td>" for cell in row) for row in rows]
    return "".join(
        ["<table>", *(f"<tr>{line}</tr>" for line in [head, *lines] if line), "</table>"]
    )


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _link(title: str, text: str | None, url: str | None) -> str:
    named = f'<a href="{escape(url)}">{_words(title)}</a>' if url else _words(title)
    return f"{named}<br>{_words(text)}" if text else named


def _paragraph(text: str) -> str:
    return f"<p>{_words(text)}</p>"


def _words(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _value(value: Scalar) -> str:
    return "\u2013" if value is None else str(value)
