"""What only Amazon does: topics, certificates, confirmations, and messages that lie in S3."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rapport.channels.email.receiving.hooks.sns import Notice
from rapport.kernel.database.engine import Database
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import Amazon, Post
from tests.conftest import Clock
from tests.make.mailboxes import kept

MAIL = b"Message-ID: <1@home.example>\r\nSubject: Hi\r\n\r\nHello"
FOREIGN = (
    "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
    "https://sns.us-east-1.amazonaws.com.evil.example/a.pem",
    "https://evil.example/sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com@evil.example/a.pem",
    "https://evil.example#sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com:8443/a.pem",
    "https://sns.us-east-1.amazonaws.com/?Action=a.pem",
    "https://sns.us-east-1.amazonaws.com/../a.txt",
    "https://bucket.s3.amazonaws.com/a.pem",
    "https://127.0.0.1/a.pem",
    "https://sns.us-east-1.amazonaws.com:x/a.pem",
    "",
)


def test_the_string_to_sign_is_as_amazon_documents_it() -> None:
    """The example of Amazon's documentation, with a subject and without."""
    notice = Notice(
        type="Notification",
        message_id="22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        topic="arn:aws:sns:us-west-2:123456789012:MyTopic",
        message="Hello world!",
        timestamp="2012-05-02T00:54:06.655Z",
        signature="",
        version="1",
        certificate="",
        subject="My First Message",
    )
    assert notice.signed().decode().split("\n")[:6] == [
        "Message",
        "Hello world!",
        "MessageId",
        "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "Subject",
        "My First Message",
    ]
    notice.subject = None
    assert "Subject" not in notice.signed().decode()


async def test_a_certificate_is_fetched_from_amazon_once(
    send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)

    for _ in range(3):
        answer = await send(box, amazon.message(MAIL, box.address), to="ses")
        assert answer.status_code == 200

    assert amazon.asked == [amazon.certificate_url]


@pytest.mark.parametrize("url", FOREIGN)
async def test_a_certificate_from_elsewhere_is_not_even_fetched(
    send: Send, open_box: Open, clock: Clock, url: str
) -> None:
    amazon = Amazon(clock, certificate_url=url)
    box = await open_box(amazon)

    answer = await send(box, amazon.message(MAIL, box.address), to="ses")

    assert answer.status_code == 401
    assert amazon.asked == []


async def test_a_certificate_that_has_expired_proves_nothing(
    send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock, valid_until=datetime(2026, 1, 1, tzinfo=UTC))
    box = await open_box(amazon)

    answer = await send(box, amazon.message(MAIL, box.address), to="ses")

    assert answer.status_code == 401


async def test_when_amazon_does_not_hand_out_the_certificate_it_is_to_try_again(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock, is_away=True)
    box = await open_box(amazon)
    post = amazon.message(MAIL, box.address)

    refused = await send(box, post, to="ses")
    amazon.is_away = False
    taken = await send(box, post, to="ses")

    assert refused.status_code == 502
    assert taken.status_code == 200
    assert len(await kept(database, box)) == 1


async def test_a_topic_of_somebody_else_is_refused_although_amazon_signed(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)
    foreign = replace(amazon, secret="arn:aws:sns:us-east-1:666666666666:mail")

    message = await send(box, foreign.message(MAIL, box.address), to="ses")
    subscription = await send(box, foreign.confirmation(), to="ses")

    assert message.status_code == subscription.status_code == 401
    assert amazon.asked == []
    assert await kept(database, box) == []


async def test_several_topics_may_be_named(send: Send, open_box: Open, clock: Clock) -> None:
    amazon = Amazon(clock)
    both = f"arn:aws:sns:us-east-1:123456789012:events, {amazon.secret}"
    box = await open_box(amazon, secrets={"webhook_secret": both})

    answer = await send(box, amazon.message(MAIL, box.address), to="ses")

    assert answer.status_code == 200


async def test_a_subscription_is_confirmed_by_asking_amazon(
    send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)

    answer = await send(box, amazon.confirmation(), to="ses")

    assert answer.status_code == 200
    assert "Action=ConfirmSubscription" in amazon.asked[-1]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/?Action=ConfirmSubscription",
        "https://169.254.169.254/latest/meta-data",
        "https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic&TopicArn=x",
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=another",
    ],
)
async def test_nothing_else_is_asked_for_a_subscription(
    send: Send, open_box: Open, clock: Clock, url: str
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)

    answer = await send(box, amazon.confirmation(url), to="ses")

    assert answer.status_code == 401
    assert amazon.asked == [amazon.certificate_url]


async def test_a_message_that_lies_in_s3_is_refused_with_the_reason(
    database: Database, send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)
    action = {"type": "S3", "bucketName": "our-mail", "objectKey": "in/0123"}
    post = amazon.notice("Notification", json.dumps(amazon.received(box.address, action)))

    answer = await send(box, post, to="ses")

    assert answer.status_code == 422
    assert answer.json()["code"] == "mail_not_included"
    assert "SNS action" in answer.json()["detail"]
    assert "s3://our-mail/in/0123" in answer.json()["detail"]
    assert await kept(database, box) == []


@pytest.mark.parametrize(
    "message",
    ["Successfully validated SNS topic for Amazon SES event publishing.", "", "[]", "{}", "7"],
)
async def test_what_is_no_mail_and_no_report_is_passed_over(
    send: Send, open_box: Open, clock: Clock, message: str
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)

    answer = await send(box, amazon.notice("Notification", message), to="ses")

    assert answer.status_code == 200


async def test_a_raw_delivery_carries_no_signature_and_is_refused(
    send: Send, open_box: Open, clock: Clock
) -> None:
    amazon = Amazon(clock)
    box = await open_box(amazon)
    told = amazon.received(box.address, {"type": "SNS"}) | {"content": MAIL.decode()}

    answer = await send(box, Post({}, json.dumps(told).encode()), to="ses")

    assert answer.status_code in {401, 422}
