"""A plain text mail taken apart: what is the customer's own stays, whatever it looks like."""

import pytest

from rapport.channels.email.replies import Reply, split

INTRO = "On Wed, 5 May 2026 at 10:00, Ada <ada@example.com> wrote:"


def test_a_mail_without_quotes_is_a_reply_as_it_is() -> None:
    text = "Hello,\n\n  - one\n  - two\n\n\nBest regards,\nBob"

    assert split(f"\n\n{text}\n \n") == Reply(text, "", "")


@pytest.mark.parametrize("text", ["", " \n\u200b\n", "\r\n"])
def test_an_empty_mail_is_an_empty_reply(text: str) -> None:
    assert split(text) == Reply("", "", "")


def test_answers_between_quoted_lines_stay_with_them() -> None:
    inline = "> Which size?\n\nForty-two.\n\n> Which colour?\n\nBlue."

    said = split(f"Hello Ada,\n\n{INTRO}\n{inline}\n\n> Regards\n")

    assert said.reply == f"Hello Ada,\n\n{inline}"
    assert said.quoted == f"{INTRO}\n\n> Regards"


@pytest.mark.parametrize(
    ("above", "quote", "below"),
    [
        ("Hi Ada,", "> Please tell us your number.", "It is 12345."),
        ("Thanks.", "> Did it work?", "Yes, it did."),
        ("My answers are below.", "> Tell us more.", "It makes a noise."),
        ("Thanks.", "> Tell us more.", "Like what?"),
        ("Thanks.", "> Please send us your number.", "It is 12345."),
        ("Thanks.", "> We sent a new one.", "It has not come, so please look again."),
        ("Thanks.", "> Choose a colour.", "Blue"),
        (
            "Thanks.",
            "> It is done.",
            "I do not think so, because the light is still red.\n"
            "Yesterday it was green for an hour, and then it was not.\n"
            "Please have a look.",
        ),
    ],
)
def test_an_answer_below_the_only_quote_stays(above: str, quote: str, below: str) -> None:
    said = split(f"{above}\n\n{INTRO}\n{quote}\n\n{below}\n")

    assert said.reply == f"{above}\n\n{quote}\n\n{below}"
    assert said.quoted == INTRO


def test_a_signature_below_the_quote_goes_with_it() -> None:
    said = split(f"It works.\n\n{INTRO}\n> Better now.\n\nBob Smith\nExample Ltd\n")

    assert said == Reply("It works.", f"{INTRO}\n> Better now.", "Bob Smith\nExample Ltd")


def test_a_quote_without_an_intro_on_top_stays() -> None:
    assert split("> The red one\n\nI want this.").reply == "> The red one\n\nI want this."


@pytest.mark.parametrize("text", ["> hello\n> there", f"{INTRO}\n> hello", "-- \nBob"])
def test_a_mail_without_own_words_is_a_reply_as_a_whole(text: str) -> None:
    assert split(text) == Reply(text, "", "")


def test_quotes_of_nobody_s_words_leave_nothing() -> None:
    text = f"> {INTRO}\n>\n>> {INTRO}\n>>\n>>> {INTRO}"

    assert split(text) == Reply("", text, "")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I called, and on 5 May 2026 I wrote:\n\nno answer came.",
        "On Thursday:\n\nit broke again.",
        "In my mail of 5 May 2026 I wrote:\nplease help.",
        "I ordered on 5 May 2026 and Bob <bob@example.com> wrote to me:\nit comes.\nBut no.",
        "2026-05-05 10:00:00 ERROR could not connect:\nno route",
        "Hello, please book\n\nFrom: Berlin\nTo: Paris\nDate: 5 May\n\nThank you",
        "Name: Bob\nEmail: bob@example.com\nSubject: Help\n\nIt broke.",
        "The one that bounced:\n\nFrom: bob@example.com\nTo: a@b.example\nSubject: Hi\n\nWhy?",
        "This is what I see:\n\n> Error 5: no disk",
        "Error:\n\n```\n> run\nFrom: a@b.example\nTo: c\nSubject: d\n-- \n```\n\nHelp!",
        "I typed\n\n    > rapport serve\n\nand nothing came.",
        "| a | b |\n| 1 | 2 |",
        "Hello,\n\n>From my side it is fine.\n\nBob",
        "Heading\n-------\n\nSome words.\n\n----\n\nMore words than a name, as you see here.",
        "Three things:\n-- one\n-- two\n-- three",
        "Sent from my desk, as I have no phone.",
        "The parcel was sent from my iPhone app, as it says.",
        "A\n\n--\nFirst of all I want to say that it does not work since Monday.\n"
        "Second, I have tried to restart it, and it does not help.\n"
        "Third, I want my money back, and soon.\nFourth, that is all.",
        "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=ab\n-----END PGP MESSAGE-----",
        "Two remarks\n\n--\nIt is slow.\n\nAnd why does it ask me twice?",
        "Please book:\n\n---\nOrder Number\n12345\n\nThank you",
        "Please help.\n-- original message was lost\n-- so was the second",
        "Book this, please\n\n-----\nFrom: Berlin\nTo: Paris\n\nThank you",
        "A colleague at 10:30 wrote:\nplease call me.",
        "Your colleague wrote on 5.5.2026 10:00:\nit is on its way.",
        "Von meinem Konto wurde Geld abgebucht",
        "Sent via DHL",
        "It came back.\n\nSent by mail on Monday",
        "From my phone it works fine",
        "Item\nWeight: 5 kg\nSent: yes\nTo: me",
    ],
)
def test_the_customer_s_own_words_are_never_lost(text: str) -> None:
    assert split(text) == Reply(text, "", "")


@pytest.mark.parametrize(
    ("signature", "line"),
    [
        ("-- \nBob", 0),
        ("--\nBob Smith\nExample Ltd\n+44 20 7946 0000", 0),
        ("\u2014\nBob\n@bob", 0),
        ("__\nusers mailing list\nusers@lists.example\nhttps://lists.example/users", 0),
        ("-----\nBob Smith\nbob@example.com", 0),
        ("---\nTo unsubscribe from these mails, visit your preferences.", 0),
        ("***\n####\n~~~~~", 0),
        ("-- \nYou received this message because you are subscribed to the group.", 0),
    ],
)
def test_what_stands_below_the_dashes_is_a_signature(signature: str, line: int) -> None:
    said = split(f"It works.\n\n{signature}\n\n{INTRO}\n> old\n")

    assert said.reply == "It works."
    assert said.signature + said.quoted == f"{signature}{INTRO}\n> old"


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "--- Please reply above this line ---",
        "----- Antworten Sie oberhalb dieser Zeile -----",
    ],
)
def test_below_the_line_to_reply_above_everything_is_quoted(line: str) -> None:
    assert split(f"Done.\n\n{line}\n\nYour request") == Reply(
        "Done.", f"{line}\n\nYour request", ""
    )


def test_quotes_marked_by_bars_or_initials_are_known_by_their_intro() -> None:
    barred, cited = f"{INTRO}\n| old\n| words", f"{INTRO}\n\nAda> old\nAda> words"

    assert split(f"Fine.\n\n{barred}") == Reply("Fine.", barred, "")
    assert split(f"Fine.\n\n{cited}") == Reply("Fine.", cited, "")


def test_a_bare_name_is_an_intro_above_a_quote_only() -> None:
    assert split("Fine.\n\nAda Lovelace wrote:\n\n> old").reply == "Fine."
    assert split("Fine.\n\nAda Lovelace wrote:\n\na book").reply.endswith("a book")


def test_a_line_in_an_unknown_language_is_an_intro_by_its_date_and_address() -> None:
    intro = "Zuq 5.5.2026 10:00, Ada <ada@example.com> qwyx:"

    assert split(f"Fine.\n\n{intro}\n> old") == Reply("Fine.", f"{intro}\n> old", "")


def test_words_before_an_intro_on_its_line_stay() -> None:
    said = split(f"Hello,\n\nit works. {INTRO}\n\n> old\n")

    assert said == Reply(f"Hello,\n\nit works. {INTRO}", "> old", "")


@pytest.mark.parametrize(
    "head",
    [
        "-----Ada Lovelace/Example wrote: -----",
        "---- On Wed, 05 May 2026 10:00:00 +0200 Ada <ada@example.com> wrote ----",
        "From: Ada <ada@example.com> Sent: Tuesday To: Bob Subject: Hi",
        "From: Ada <ada@example.com>\n\nSent: Tuesday\n\nTo: Bob\n\nSubject: Hi",
        "From: Ada <ada@example.com>\nDate: now\nTo: A <a@b.example>,\n  C <c@d.example>,\n"
        "  D <d@e.example>,\n  F <f@g.example>,\n  H <h@i.example>\nCc: J\nSubject: Hi",
        "Ursprüngliche Nachricht\nVon: Ada\nAn: Bob",
        "On Wed, Mar 4,\n2026 at 10:00, Ada\n<ada@example.com> wrote:",
    ],
)
def test_unusual_heads_of_an_original_are_known(head: str) -> None:
    assert split(f"Fine.\n\n{head}\n\nold") == Reply("Fine.", f"{head}\n\nold", "")


def test_the_rest_of_a_wrapped_quoted_line_is_quoted() -> None:
    quote = f"> {'word ' * 14}long\nrest of it\n> more"

    assert split(f"Fine.\n\n{INTRO}\n{quote}") == Reply("Fine.", f"{INTRO}\n{quote}", "")


def test_signed_words_come_out_of_their_armour() -> None:
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256"
    tail = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----"

    said = split(f"{head}\n\nHello there\n{tail}\n")

    assert said == Reply("Hello there", "", f"{head}\n{tail}")


def test_a_forwarded_thread_shows_its_last_mail() -> None:
    head = "Begin forwarded message:\n\nFrom: Ada <ada@example.com>\nSubject: Hi\nTo: b@c.example"

    said = split(f"{head}\n\nI need help.\n\n{INTRO}\n\n> What?\n")

    assert said.reply == "I need help."


def test_invisible_signs_and_any_line_ends_change_nothing() -> None:
    text = f"\ufeffFine.\r\n\r\n\u200e{INTRO}\u200f\r\n\u200b> old\u00a0words\r\n>\u00a0\r\n"

    said = split(text)

    assert said.reply == "\ufeffFine."
    assert said.quoted == f"\u200e{INTRO}\u200f\n\u200b> old\u00a0words\n>\u00a0"


def test_the_address_may_be_broken_before_its_bracket() -> None:
    intro = "On Wed, 5 May 2026 at 10:00 Ada <ada@example.com\n>:"

    assert split(f"Fine.\n\n{intro}\n\n> old\n").reply == "Fine."


def test_what_is_not_looked_at_goes_where_the_last_line_went() -> None:
    old = "\n".join(["> old"] * 3_000)

    assert split(f"Fine.\n\n{INTRO}\n{old}\nnew").quoted == f"{INTRO}\n{old}\nnew"
    assert split("\n".join(["word"] * 3_000) + f"\n{INTRO}\n> old").quoted == ""
