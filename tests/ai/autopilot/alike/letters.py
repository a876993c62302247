"""How people write the same thing by mail: greeted, signed, above what they answer."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Manner:
    """A way of writing a letter: what stands around the question."""

    before: str
    after: str
    is_html: bool = False

    def plain(self, said: str) -> str:
        """The letter as text."""
        return f"{self.before}{said}{self.after}"

    def html(self, said: str) -> str | None:
        """The same as programs write it that have both; None for those that write text alone."""
        if not self.is_html:
            return None
        own, _, quoted = self.after.partition("\n\nOn ")
        intro, _, quote = quoted.partition("\n")
        lines = "".join(
            f"<div>{it or '<br>'}</div>" for it in f"{self.before}{said}{own}".split("\n")
        )
        told = "<br>".join(line.removeprefix("> ") for line in quote.split("\n"))
        return (
            f'<div dir="ltr">{lines}</div><br><div class="gmail_quote">'
            f'<div dir="ltr" class="gmail_attr">On {intro}<br></div>'
            f'<blockquote class="gmail_quote">{told}</blockquote></div>'
        )


_NEWS: Final = (
    "On Mon, 5 Jan 2026 at 08:00, Fjell & Fjord <news@shop.example> wrote:\n"
    "> The winter sale has begun: tents and stoves 20% off.\n"
    "> Gift cards are valid for 3 years, delivery is free this week."
)
ENGLISH: Final = (
    Manner("Hello,\n\n", "\n\nBest regards,\nAda Lovelace"),
    Manner("Dear Fjell & Fjord team,\n\nI hope you are well. ", "\n\nKind regards\nAda Lovelace"),
    Manner("Hi there,\n\n", "\n\nThanks,\nAda\n\nSent from my iPhone"),
    Manner(
        "Good morning,\n\n",
        "\n\nThank you very much in advance for your help!\n\nMany thanks\nAda Lovelace\n\n-- \n"
        "Ada Lovelace\nAnalytical Engines Ltd\n12 St James's Square, London\n+44 20 7946 0018",
    ),
    Manner("Hello,\n\n", f"\n\nAda\n\n{_NEWS}"),
    Manner(
        "Hi,\n\n", f"\n\nLooking forward to your reply.\nBest wishes\nAda\n\n{_NEWS}", is_html=True
    ),
    Manner("", "\n\nCheers, Ada"),
)
GERMAN: Final = (
    Manner("Guten Tag,\n\n", "\n\nMit freundlichen Grüßen\nAda Lovelace"),
    Manner("Hallo zusammen,\n\n", "\n\nVielen Dank im Voraus!\n\nLiebe Grüße\nAda"),
    Manner(
        "Sehr geehrte Damen und Herren,\n\n",
        "\n\nMit freundlichem Gruß\nAda Lovelace\n\n-- \nAda Lovelace\nGartenweg 4, 50667 Köln\n"
        "Tel. +49 221 4710 8123",
    ),
)
SPANISH: Final = (
    Manner("Buenos días:\n\n", "\n\nUn saludo,\nAda Lovelace"),
    Manner("Hola,\n\n", "\n\nMuchas gracias por su ayuda.\nSaludos cordiales\nAda"),
)
MANNERS: Final = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}


def answering(said: str, told: str) -> str:
    """A mail that answers one of ours, and quotes it."""
    quote = "\n".join(f"> {line}" for line in told.splitlines())
    intro = "On Mon, 5 Jan 2026 at 09:00, The Shop <support@shop.example> wrote:"
    return f"{said}\n\nAda\n\n{intro}\n{quote}"
