"""What is somebody's in a text is found, and what only looks like it is not."""

import time

import pytest

from rapport.inference.personal.service import find


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to ada.b+shop@home.example.", "email", "ada.b+shop@home.example"),
        ("Mail: zoë@müller.example", "email", "zoë@müller.example"),
        ("see https://home.example/a?b=1.", "url", "https://home.example/a?b=1"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "iban", "DE89 3704 0044 0532 0130 00"),
        ("to gb82west12345698765432", "iban", "gb82west12345698765432"),
        ("my card 4111 1111 1111 1111, please", "card", "4111 1111 1111 1111"),
        ("card 378282246310005", "card", "378282246310005"),
        ("SSN 514-69-0360", "ssn", "514-69-0360"),
        ("from 86.121.97.248 last night", "ip", "86.121.97.248"),
        ("from 2001:db8::8a2e:370:7334", "ip", "2001:db8::8a2e:370:7334"),
        ("Call me on 450 0840?", "phone", "450 0840"),
        ("Rufen Sie mich an: 0171 2345678", "phone", "0171 2345678"),
        ("Mon numéro : 01.84.17.61.18", "phone", "01.84.17.61.18"),
        ("+44 7700 900 123 is mine", "phone", "+44 7700 900 123"),
        ("(579)888-3058 fax", "phone", "(579)888-3058"),
        ("اتصل بي على 0501234567", "phone", "0501234567"),
        ("my password is hunter22!", "secret", "hunter22!"),
        ("Passwort: »geheim«", "secret", "geheim"),
        ("key sk-proj-abcdefghijklmnop1234", "secret", "sk-proj-abcdefghijklmnop1234"),
        ("AKIA" + "IOSFODNN7EXAMPLE leaked", "secret", "AKIA" + "IOSFODNN7EXAMPLE"),
    ],
)
def test_what_is_somebodys_is_found(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Order 1234567 of 2026-01-02 10:30:15 for 1.299,00 EUR",
        "Invoice 4500123456789",
        "It came on 12/11/2025 at 10:30.",
        "I live at 636 1812 Rue De La Gare",
        "Suite 442 1090 Vienna",
        "version 1.2.3.4567, build 20260102",
        "size 10-12-14-16",
        "4152 4887 1344 5952 is no card",
        "DE00 3704 0044 0532 0130 00 is no account",
        "I forgot my password and the pin",
        "",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "piece", ["1 ", "a@", "1.", "+1 (", "www.", "AB12 ", "password is ", "-----BEGIN ", "a.b", "::"]
)
def test_it_takes_time_linear_in_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * size)[:size]
        begun = time.thread_time()
        find(text)
        return time.thread_time() - begun

    seconds(1_000)
    least = [min(seconds(size) for _ in range(3)) for size in (40_000, 80_000)]
    assert least[1] < 3 * least[0] + 0.02
