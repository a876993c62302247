"""An HTML mail taken apart by what each mail program builds around a quote."""

import pytest

from rapport.channels.email.replies import split_html
from rapport.kernel.markup import texts_of

INTRO = "On Wed, 5 May 2026 at 10:00, Ada &lt;ada@example.com&gt; wrote:"
FOREIGN = "Zuq 5 qay, Ada vuqt"
HEADERS = "<b>From:</b> Ada<br><b>Sent:</b> today<br><b>To:</b> Bob<br><b>Subject:</b> Hi"

QUOTES = {
    "gmail": f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{FOREIGN}<br></div>'
    '<blockquote class="gmail_quote" style="margin:0"><div>old</div></blockquote></div>',
    "gmail, as it was": f'<div class="gmail_extra"><br><div class="gmail_quote">{INTRO}<br>'
    '<blockquote class="gmail_quote"><p>old</p></blockquote></div></div>',
    "gmail in another client": f'<div class="x_gmail_quote">{FOREIGN}<br>'
    '<blockquote class="x_gmail_quote">old</blockquote></div>',
    "thunderbird": f'<div class="moz-cite-prefix">{FOREIGN}<br></div>'
    '<blockquote type="cite" cite="mid:1@example.com"><p>old</p></blockquote>',
    "apple": f'<div><br><blockquote type="cite"><div>{INTRO}</div><br><div>old</div></blockquote>',
    "outlook on the web": '<div id="appendonsend"></div><hr style="width:98%" tabindex="-1">'
    f'<div id="divRplyFwdMsg" dir="ltr"><font>{HEADERS}</font></div><div>old</div>',
    "outlook on the web, unknown words": '<div id="x_divRplyFwdMsg">Zuq: Ada</div><div>old</div>',
    "outlook": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
    f"<p class=MsoNormal>{HEADERS}<o:p></o:p></p></div></div><p class=MsoNormal>old</p>",
    "outlook 2007": "<div style='border:none;border-top:solid #B5C4DF 1.0pt'>"
    f"<p class=MsoNormal><b><span>{HEADERS}</span></b></p></div><p>old</p>",
    "outlook express": "<div class=OutlookMessageHeader dir=ltr align=left><hr tabIndex=-1>"
    f"<font>{HEADERS}</font></div><div>old</div>",
    "yahoo": f'<div id="ydp1yahoo_quoted" class="yahoo_quoted"><div>{FOREIGN}</div>old</div>',
    "zimbra": f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{HEADERS}'
    '</div><br><div data-marker="__QUOTED_TEXT__">old</div>',
    "proton": f'<div class="protonmail_quote">{FOREIGN}<br>'
    '<blockquote class="protonmail_quote" type="cite">old</blockquote></div>',
    "tutanota": f'{INTRO}<br><blockquote class="tutanota_quote">old</blockquote>',
    "gmx": f'<div name="quote" style="border-left:2px solid"><div>{FOREIGN}</div>old</div>',
    "roundcube": f'<p id="reply-intro">{FOREIGN}</p><blockquote type="cite">old</blockquote>',
    "lotus": "<br><font color=#5f5f5f>From:</font><table><tr><td>Ada &lt;ada@example.com&gt;</td>"
    "</tr><tr><td>To:</td><td>Bob</td></tr><tr><td>Date:</td><td>today</td></tr>"
    "<tr><td>Subject:</td><td>Hi</td></tr></table><hr><br>old",
    "a rule and headers": f"<hr>{HEADERS}<br><br>old",
    "a headline": "<div>-----Original Message-----</div><div>old</div>",
    "plain text in a frame": f"<pre>{INTRO}\n&gt; old\n&gt; older</pre>",
    "netease": '<div id="isReplyContent">old</div>',
}


@pytest.mark.parametrize("client", QUOTES)
def test_the_reply_ends_where_the_quote_of_a_mail_program_begins(client: str) -> None:
    answer = '<div dir="ltr">Thank you, <b>it works</b>.<div><br></div><div>Bob</div></div>'

    reply, quoted = split_html(f"<html><body>{answer}<br>{QUOTES[client]}</body></html>")

    assert texts_of(reply) == ["Thank you, it works.", "Bob"]
    assert " ".join(texts_of(quoted)).endswith(("old", "older"))


def test_both_parts_are_whole_markup() -> None:
    reply, quoted = split_html(f"<div class='a'><p>yes</p>{QUOTES['apple']}</div>")

    assert reply == "<div class='a'><p>yes</p></div>"
    assert quoted.startswith("<div class='a'><div><br><blockquote")
    assert quoted.endswith("</blockquote></div></div>")


def test_answers_between_quoted_paragraphs_stay_with_them() -> None:
    inline = (
        '<blockquote class="gmail_quote">Which size?</blockquote><div>Forty-two.</div>'
        '<blockquote class="gmail_quote">Which colour?</blockquote><div>Blue.</div>'
    )

    reply, quoted = split_html(
        f'<div class="gmail_quote"><div class="gmail_attr">{FOREIGN}<br></div>{inline}</div>'
    )

    assert texts_of(reply) == ["Which size?", "Forty-two.", "Which colour?", "Blue."]
    assert texts_of(quoted) == [FOREIGN]


def test_an_answer_below_the_only_quote_stays() -> None:
    quote = f'<div>{INTRO}</div><blockquote type="cite">Tell us your number.</blockquote>'

    reply, quoted = split_html(f"<div>Thanks.</div>{quote}<div>It is 12345.</div>")

    assert texts_of(reply) == ["Thanks.", "Tell us your number.", "It is 12345."]
    assert quoted == f"<div>{INTRO}</div>"


def test_a_mail_forwarded_without_a_word_shows_what_was_forwarded() -> None:
    head = (
        "---------- Forwarded message ---------<br>From: Ada &lt;a@b.example&gt;<br>Date: now<br>"
    )

    reply, quoted = split_html(
        f'<div class="gmail_quote"><div class="gmail_attr">{head}Subject: Hi<br>To: me<br></div>'
        "<p>I need help.</p></div>"
    )

    assert texts_of(reply) == ["I need help."]
    assert "Forwarded message" in quoted


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>only me</p>",
        "<blockquote type=cite>only a quote</blockquote>",
        "<p>see</p><blockquote style='margin:0 0 0 40px;border:none'>indented</blockquote>",
        "<p style='border-top:solid #E1E1E1 1.0pt'>a box</p><p>and more</p>",
        "<p>one</p><hr><p>two is a longer sentence than any name would be.</p>",
        "<p>I typed:</p><blockquote>rapport serve</blockquote>",
    ],
)
def test_a_mail_without_quotes_stays_as_it_is(html: str) -> None:
    assert split_html(html) == (html, "")


def test_a_signature_goes_with_what_is_quoted() -> None:
    reply, quoted = split_html('<p>yes</p><div class="gmail_signature"><p>Bob</p><p>CEO</p></div>')

    assert texts_of(reply) == ["yes"]
    assert texts_of(quoted) == ["Bob", "CEO"]


def test_a_picture_alone_is_a_reply() -> None:
    reply, quoted = split_html(f'<div><img src="cid:1"></div>{QUOTES["thunderbird"]}')

    assert reply == '<div><img src="cid:1"></div>'
    assert "old" in quoted


def test_tables_keep_their_empty_cells() -> None:
    table = "<table><tr><td>1</td><td></td><td>3</td></tr></table>"

    reply, _ = split_html(f"{table}{QUOTES['apple']}")

    assert reply == table
