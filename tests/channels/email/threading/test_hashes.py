"""What is remembered of mails and addresses."""

from uuid import UUID

from rapport.channels.email.parsing import parse
from rapport.channels.email.threading import address_hash, mail_hash, message_hash

HERE, THERE = UUID(int=1), UUID(int=2)


def test_an_address_is_the_same_in_any_case_and_another_elsewhere() -> None:
    assert address_hash(HERE, "Ada@Example.COM ") == address_hash(HERE, "ada@example.com")
    assert address_hash(HERE, "ada@müller.example") == address_hash(
        HERE, "ada@xn--mller-kva.example"
    )
    assert address_hash(HERE, "ada@example.com") != address_hash(THERE, "ada@example.com")
    assert len(address_hash(HERE, "")) == 32


def test_an_id_is_the_same_with_and_without_brackets() -> None:
    assert message_hash("<One@example.com> ") == message_hash("One@example.com")
    assert message_hash("One@example.com") != message_hash("one@example.com")
    assert len(message_hash("half a \ud800 letter")) == 32


def mail(*fields: str, body: str = "Hello.") -> bytes:
    return mail_hash(parse("\r\n".join((*fields, "", body)).encode()))


def test_a_mail_is_known_by_its_id_whatever_happened_on_the_way() -> None:
    assert mail("Message-ID: <a@x>", "Received: from y") == message_hash("a@x")


def test_mails_without_a_usable_id_are_known_by_what_they_say() -> None:
    """Else the second mail of a program that calls each of them the same would be lost."""
    for named in ("X-No: id", "Message-ID: <>", "Message-ID: <0>", "Message-ID: none"):
        first = mail(named, "From: ada@x.test", "Subject: One")
        assert first == mail(named, "From: Ada@X.test", "Subject: One", "Received: from y")
        assert first != mail(named, "From: ada@x.test", "Subject: Two")
        assert first != mail(named, "From: ada@x.test", "Subject: One", body="Other.")
        assert first != mail(named, "From: eve@x.test", "Subject: One")
