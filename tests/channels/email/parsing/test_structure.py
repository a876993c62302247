"""Messages of many parts, with the mistakes that programs make in them."""

import pytest

from rapport.channels.email.parsing import parse
from tests.channels.email.parsing.mails import SENDER, mixed, part, read, with_body

MIXED = 'Content-Type: multipart/mixed; boundary="edge"'


def test_a_text_and_its_files_are_told_apart() -> None:
    mail = mixed(
        part("text/plain", "See the picture."),
        part("image/png", "AAAA", fields=("Content-Disposition: attachment; filename=a.png",)),
    )

    assert mail.text == "See the picture."
    assert [(a.name, a.content_type, a.inline) for a in mail.attachments] == [
        ("a.png", "image/png", False)
    ]
    assert mail.html is None


def test_of_alternatives_both_are_kept() -> None:
    mail = mixed(
        part("text/plain", "Plain"),
        part("text/html", "<p>Rich</p>"),
        part("text/x-amp-html", "<p>For others</p>"),
        kind="alternative",
    )

    assert mail.text == "Plain"
    assert (mail.html or "").strip() == "<p>Rich</p>"
    assert mail.attachments == ()


def test_html_alone_gives_a_text() -> None:
    mail = with_body(
        "<head><title>Not this</title><style>p {}</style></head>",
        "<p>Hello<br>there</p><ul><li>one</li><li>two&nbsp;&amp;&nbsp;three</li></ul>",
        "<blockquote>said<blockquote>before</blockquote></blockquote><pre>a",
        "  b</pre>",
        content="text/html",
    )

    assert mail.text == ("Hello\nthere\n\n- one\n- two & three\n\n> said\n>\n> > before\n\na\n  b")


def test_lines_that_only_make_room_are_empty_and_few() -> None:
    room = "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"

    mail = with_body(
        f"<div>One</div><div>&nbsp;</div><div>Two</div><p>Three</p>{room}<p>Four</p>"
        f"{'<br>' * 20}Five",
        content="text/html",
    )

    assert mail.text == "One\n\nTwo\n\nThree\n\nFour\n\n\nFive"


def test_an_empty_plain_alternative_does_not_hide_the_html() -> None:
    mail = mixed(part("text/plain", " "), part("text/html", "<p>Rich</p>"), kind="alternative")

    assert mail.text == "Rich"


def test_a_picture_between_texts_leaves_them_one_text() -> None:
    mail = mixed(
        part("text/plain", "Before"),
        part("image/png", "x", fields=("Content-Disposition: inline",)),
        part("text/plain", "After"),
    )

    assert mail.text == "Before\n\nAfter"
    assert [(a.name, a.inline) for a in mail.attachments] == [("image.png", True)]


def test_html_with_a_plain_footer_is_shown_whole() -> None:
    mail = mixed(part("text/html", "<p>Hello</p>"), part("text/plain", "1 < 2\nA list footer"))

    assert mail.text == "Hello\n\n1 < 2\nA list footer"
    assert (mail.html or "").replace("\n", "") == "<p>Hello</p><p>1 &lt; 2<br>A list footer</p>"


NESTED = f"""
{SENDER}
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=middle

--middle
Content-Type: text/plain

Plain
--middle
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html

<img src="cid:logo@x">
--inner
Content-Type: image/gif
Content-ID: <logo@x>
Content-Disposition: attachment; filename=logo.gif

GIF
--inner--
--middle--
--outer
Content-Type: application/pdf; name=bill.pdf

PDF
--outer--
"""


def test_parts_within_parts_are_found() -> None:
    mail = read(NESTED)

    assert mail.text == "Plain"
    assert [(a.name, a.inline, a.content_id) for a in mail.attachments] == [
        ("logo.gif", True, "logo@x"),
        ("bill.pdf", False, None),
    ]
    assert mail.problems == ("The date is missing or cannot be read.",)


@pytest.mark.parametrize("lost", ["--inner--\n", "--middle--\n", "--outer--\n"])
def test_a_lost_end_loses_nothing(lost: str) -> None:
    mail = read(NESTED.replace(lost, ""))

    assert mail.text == "Plain"
    assert [a.name for a in mail.attachments] == ["logo.gif", "bill.pdf"]
    assert "A multipart message has no end." in mail.problems


@pytest.mark.parametrize("said", ["", "; boundary=", "; boundary=other", '; boundary="ed'])
def test_a_missing_or_wrong_boundary_is_found_in_the_text(said: str) -> None:
    mail = read(
        f"{SENDER}\nContent-Type: multipart/mixed{said}\n\n"
        "--edge\nContent-Type: text/plain\n\nHello\n"
        "--edge\nContent-Type: text/csv; name=a.csv\n\n1,2\n--edge--\n"
    )

    assert mail.text == "Hello"
    assert [a.name for a in mail.attachments] == ["a.csv"]


def test_boundaries_that_begin_alike_are_not_mixed_up() -> None:
    mail = read(
        f"{SENDER}\nContent-Type: multipart/mixed; boundary=edge\n\n--edge\n"
        "Content-Type: multipart/alternative; boundary=edge2\n\n"
        "--edge2\n\nPlain\n--edge2\nContent-Type: text/html\n\nRich\n--edge2--\n"
        "--edge\nContent-Type: text/csv; name=a.csv\n\n--edge3\n--edge--\n"
    )

    assert (mail.text, mail.html) == ("Plain", "Rich")
    assert mail.attachments[0].content == b"--edge3"


def test_a_multipart_without_parts_is_a_text() -> None:
    mail = read(f"{SENDER}\n{MIXED}\n\nHello\n-- \nAda")

    assert mail.text == "Hello\n-- \nAda"
    assert "A multipart message has no parts." in mail.problems


def test_parts_behind_the_end_are_still_parts() -> None:
    mail = read(f"{SENDER}\n{MIXED}\n\n--edge\n\nOne\n--edge--\n--edge\n\nTwo\n--edge--\n")

    assert mail.text == "One\n\nTwo"
    assert "Parts follow the end of a multipart message." in mail.problems


def test_a_part_may_have_no_header_and_no_body() -> None:
    mail = read(f"{SENDER}\n{MIXED}\n\n--edge\nContent-Type: text/html\n--edge\n\nHello\n--edge--")

    assert mail.text == "Hello"


def test_attached_messages_are_files_called_like_their_subject() -> None:
    mail = mixed(
        part("text/plain", "See below."),
        part("message/rfc822", "Subject: =?utf-8?Q?Caf=C3=A9?=", MIXED, "", "--edge2", "", "In"),
    )

    assert mail.text == "See below."
    assert mail.attachments[0].name == "Café.eml"
    assert mail.attachments[0].content.endswith(b"\r\n\r\n--edge2\r\n\r\nIn")


def test_a_digest_is_messages() -> None:
    mail = mixed("\nSubject: One\n\n1", "\nSubject: Two\n\n2", kind="digest")

    assert [a.name for a in mail.attachments] == ["One.eml", "Two.eml"]


def test_nesting_has_a_limit_behind_which_parts_stay_whole() -> None:
    raw = SENDER + "\n"
    for level in range(40):
        raw += f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"

    mail = read(raw + "\nHello")

    assert "Parts are nested too deep; the innermost were left whole." in mail.problems
    assert [a.content_type for a in mail.attachments] == ["application/octet-stream"]


def test_parts_have_a_limit() -> None:
    mail = read(f"{SENDER}\n{MIXED}\n\n" + "--edge\nContent-Type: a/b\n\nx\n" * 1_500)

    assert len(mail.attachments) == 999
    assert "There are too many parts; the last were left out." in mail.problems


def test_header_fields_have_limits() -> None:
    many = parse(b"Subject: kept\n" + b"X-A: b\n" * 3_000 + b"\nHello")
    long = parse(b"Subject: kept\nX-A: " + b"b " * 2_000_000 + b"\n\nHello")

    assert (many.subject, many.text) == ("kept", "Hello")
    assert "There are too many header fields; the last were left out." in many.problems
    assert (long.subject, long.text) == ("kept", "Hello")


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", "Caf=C3=A9 =\nau lait", "Café au lait"),
        ("Quoted-Printable ", "Caf=c3=a9=2", "Café=2"),
        ("base64", "Q2Fmw6k=", "Café"),
        ('"base64";', "Q2Fmw6k", "Café"),
        ("base64", "Q2Fm!w6k=\n\nA list adds its footer", "Café"),
        ("base64", "Q2E=\nZsOp\n", "Café"),
        ("base64", "No, this is plain text. It says so, but it is not.", ""),
        ("7-bit", "Café", "Café"),
        ("", "Café", "Café"),
        ("plain; text", "Café", "Café"),
        ("x-uuencode", "begin 644 a.txt\n%0V%FPZD \n`\nend", "Café"),
    ],
)
def test_transfer_encodings_are_undone_also_when_badly_named(
    encoding: str, body: str, text: str
) -> None:
    mail = with_body(body, encoding=encoding)

    assert mail.text.strip() == (text or body)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8; format=fixed", "utf-8"),
        ("3Dutf-8", "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("utf-16", "utf-16"),
        ("iso-gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("shift_jis", "cp932"),
        ("iso-2022-jp", "iso-2022-jp"),
        ("windows-1251", "cp1251"),
        ("cp-850", "cp850"),
        ("x-unknown", "utf-8"),
        ("idna", "utf-8"),
        ("us-ascii", "utf-8"),
    ],
)
def test_charsets_are_known_by_all_their_names(charset: str, codec: str) -> None:
    words = {
        "cp949": "안녕하세요, 주문을 확인해 주세요.",
        "cp932": "こんにちは、注文を確認してください。",
        "iso-2022-jp": "こんにちは、注文を確認してください。",
        "gb18030": "你好。请确认我的订单。",
        "cp1251": "Здравствуйте, где мой заказ?",
    }.get(codec, "Grüße, où est ma commande?")
    header = f'{SENDER}\nContent-Type: text/plain; charset="{charset}"\n\n'

    assert parse(header.encode() + words.encode(codec)).text == words


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("utf-8", "Grüße 🙂"),
        ("cp1252", "Grüße"),
        ("cp1252", "¿Dónde está mi pedido? Mañana salgo."),
        ("cp1252", "Hvor er min bestilling? På lørdag rejser vi."),
        ("cp1250", "Kdy přijde objednávka?"),
        ("cp1250", "Gdzie jest przesyłka?"),
        ("iso8859-2", "Dzień dobry, chciałbym zapytać, kiedy otrzymam swoją przesyłkę."),
        ("cp1251", "Здравствуйте! Когда будет доставлен мой заказ?"),
        ("cp1251", "Привет"),
        ("koi8-r", "Здравствуйте! Когда будет доставлен мой заказ?"),
        ("cp1253", "Πότε θα παραλάβω την παραγγελία μου;"),
        ("cp1254", "Siparişim nerede? Teşekkürler, iyi günler dilerim."),
        ("cp1255", "שלום, מתי אקבל את ההזמנה שלי?"),
        ("cp1256", "مرحبا، متى سأستلم طلبي؟"),
        ("cp1257", "Laba diena, kada gausiu savo užsakymą?"),
        ("cp874", "สวัสดีครับ อยากทราบว่าสินค้าจะมาถึงเมื่อไหร่"),
        ("cp932", "こんにちは。先日注文した商品がまだ届いていません。"),
        ("euc-jp", "こんにちは。先日注文した商品がまだ届いていません。"),
        ("iso-2022-jp", "こんにちは。"),
        ("gb18030", "你好。我的订单还没有到。"),
        ("big5", "您好。我的訂單還沒有到。"),
        ("cp949", "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다."),
    ],
)
def test_a_charset_that_is_not_named_is_guessed(codec: str, words: str) -> None:
    assert parse(f"{SENDER}\n\n".encode() + words.encode(codec)).text == words


def test_a_charset_that_is_not_true_is_told() -> None:
    header = f"{SENDER}\nContent-Type: text/plain; charset=utf-8\n\n"

    mail = parse(header.encode() + "Grüße".encode("cp1252"))

    assert mail.text == "Grüße"
    assert "The text is not in the charset it names, 'utf-8'." in mail.problems


def test_a_few_broken_characters_do_not_spoil_the_rest() -> None:
    header = f"{SENDER}\nContent-Type: text/plain; charset=utf-8\n\n"

    mail = parse(header.encode() + "Grüße für Zoë\n".encode() * 3 + b"\xe9")

    assert mail.text == "Grüße für Zoë\n" * 3 + "\ufffd"


def test_html_may_name_its_own_charset() -> None:
    header = f'{SENDER}\nContent-Type: text/html\n\n<meta charset="windows-1251">'

    assert parse(header.encode() + "Где?".encode("cp1251")).text == "Где?"
