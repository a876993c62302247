"""Which conversation a mail belongs to."""

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels.email.threading import Evidence, Link, Place, address_hash, decide
from rapport.channels.email.threading.deciding import MAX_PEOPLE
from rapport.channels.email.trust import UNKNOWN, Verdict
from tests.channels.email.threading.many import EXAMPLES

WORKSPACE = UUID(int=1)
ONE, TWO = UUID(int=11), UUID(int=12)
PROVED = replace(UNKNOWN, is_authenticated=True, by="us")
PEOPLE = [f"p{number}@x.test" for number in range(6)]


def link(conversation: UUID | None, *people: str) -> Link:
    return Link(conversation, frozenset(address_hash(WORKSPACE, one) for one in people))


def placed(
    sender: str,
    verdict: Verdict = UNKNOWN,
    *,
    token: Link | None = None,
    references: tuple[Link, ...] = (),
    subject: Link | None = None,
    duplicate: Link | None = None,
    is_from_us: bool = False,
) -> Place:
    evidence = Evidence(WORKSPACE, token, references, subject, duplicate, is_from_us)
    return decide(sender, verdict, evidence)


def test_a_mail_that_refers_to_nothing_is_a_new_conversation() -> None:
    assert placed("ada@x.test") == Place("new", None, is_stranger=False, why="nothing")


def test_a_token_leads_to_its_conversation() -> None:
    found = placed("ada@x.test", token=link(ONE, "ada@x.test"))

    assert found == Place("append", ONE, is_stranger=False, why="token")


def test_a_token_in_other_hands_leads_there_too_and_says_that_a_stranger_wrote() -> None:
    found = placed("eve@y.test", PROVED, token=link(ONE, "ada@x.test"))

    assert found == Place("append", ONE, is_stranger=True, why="token")


def test_a_token_goes_before_what_is_answered() -> None:
    found = placed(
        "ada@x.test", token=link(ONE, "ada@x.test"), references=(link(TWO, "ada@x.test"),)
    )

    assert found.conversation_id == ONE


def test_a_token_of_a_deleted_conversation_leads_nowhere() -> None:
    assert placed("ada@x.test", token=link(None, "ada@x.test")).kind == "new"
    assert placed("ada@x.test", token=link(None), references=(link(TWO, "ada@x.test"),)) == Place(
        "append", TWO, is_stranger=False, why="references"
    )


def test_an_answer_of_a_participant_stays_in_the_conversation() -> None:
    for sender in ("ada@x.test", "Ada@X.TEST", " ada@x.test "):
        assert placed(sender, references=(link(ONE, "ada@x.test", "bob@x.test"),)) == Place(
            "append", ONE, is_stranger=False, why="references"
        )


def test_an_answer_of_somebody_else_is_a_new_conversation() -> None:
    found = placed("eve@y.test", PROVED, references=(link(ONE, "ada@x.test"),))

    assert found == Place("new", None, is_stranger=False, why="not_a_participant")


def test_the_newest_mail_answered_counts() -> None:
    found = placed(
        "ada@x.test",
        references=(
            link(None, "ada@x.test"),
            link(UUID(int=13), "bob@x.test"),
            link(TWO, "ada@x.test"),
            link(ONE, "ada@x.test"),
        ),
    )

    assert found.conversation_id == TWO


def test_a_hundred_people_answering_one_newsletter_are_a_hundred_conversations() -> None:
    readers = [f"reader{number}@x.test" for number in range(100)]
    ours, theirs = link(ONE, *readers), link(TWO, "shop@y.test", "list@y.test")

    for letter in (ours, theirs):
        assert {placed(one, references=(letter,)).kind for one in readers} == {"new"}


def test_a_conversation_of_a_group_stays_one() -> None:
    group = [f"member{number}@x.test" for number in range(MAX_PEOPLE)]

    assert {placed(one, references=(link(ONE, *group),)).conversation_id for one in group} == {ONE}


def test_a_number_in_the_subject_counts_for_a_proved_participant_only() -> None:
    named = link(ONE, "ada@x.test")

    assert placed("ada@x.test", PROVED, subject=named) == Place(
        "append", ONE, is_stranger=False, why="subject"
    )
    assert placed("ada@x.test", UNKNOWN, subject=named).kind == "new"
    assert placed("eve@y.test", PROVED, subject=named).kind == "new"
    assert placed("ada@x.test", PROVED, subject=link(None, "ada@x.test")).kind == "new"


def test_a_known_mail_is_not_taken_in_again() -> None:
    known = link(ONE, "ada@x.test")

    assert placed("ada@x.test", duplicate=known, token=link(TWO, "ada@x.test")) == Place(
        "duplicate", ONE, is_stranger=False, why="known_id"
    )
    assert placed("ada@x.test", duplicate=link(None, "ada@x.test")) == Place(
        "deleted", None, is_stranger=False, why="known_id"
    )


def test_a_known_id_on_somebody_elses_mail_loses_nothing() -> None:
    """Some programs give every mail the same id, and an id can be guessed to suppress a mail."""
    assert placed("eve@y.test", duplicate=link(ONE, "ada@x.test")).kind == "new"


def test_our_own_mail_that_comes_back_is_known() -> None:
    ours = link(ONE, "ada@x.test")

    assert placed("support@acme.test", duplicate=ours, is_from_us=True).kind == "duplicate"


def test_a_mail_of_an_erased_customer_is_not_taken_in_again() -> None:
    assert placed("ada@x.test", duplicate=link(None)).kind == "deleted"


def test_we_take_part_in_everything_when_it_is_proved_that_it_is_us() -> None:
    """But for numbers in subjects: what a form on our web site sends, anybody may have typed."""
    there = link(ONE, "ada@x.test")
    us = "support@acme.test"

    for verdict, kind in ((PROVED, "append"), (UNKNOWN, "new")):
        assert placed(us, verdict, references=(there,), is_from_us=True).kind == kind
        assert placed(us, verdict, subject=there, is_from_us=True).kind == "new"
    assert placed(us, UNKNOWN, token=there, is_from_us=True).is_stranger
    assert not placed(us, PROVED, token=there, is_from_us=True).is_stranger


# What always holds.

senders = st.sampled_from(PEOPLE)
conversations = st.one_of(st.none(), st.integers(11, 16).map(lambda number: UUID(int=number)))
links = st.builds(
    lambda conversation, people: link(conversation, *people),
    conversations,
    st.one_of(
        st.sets(senders, max_size=4),
        st.just({f"crowd{number}@x.test" for number in range(MAX_PEOPLE + 1)} | set(PEOPLE)),
    ),
)
verdicts = st.sampled_from([UNKNOWN, PROVED])
evidence = st.builds(
    Evidence,
    st.just(WORKSPACE),
    st.one_of(st.none(), links),
    st.lists(links, max_size=6).map(tuple),
    st.one_of(st.none(), links),
    st.one_of(st.none(), links),
    st.booleans(),
)


@EXAMPLES
@given(sender=senders, verdict=verdicts, known=evidence)
def test_a_mail_goes_only_where_its_sender_may(
    sender: str, verdict: Verdict, known: Evidence
) -> None:
    found = decide(sender, verdict, known)
    is_us = known.is_from_us and verdict.is_authenticated
    who = address_hash(WORKSPACE, sender)

    if found.kind == "append":
        named = {"token": [known.token], "subject": [known.subject]}.get(found.why)
        by: list[Link | None] = list(known.references) if named is None else named
        there = [one for one in by if one and one.conversation_id == found.conversation_id]
        assert there
        assert found.is_stranger == (found.why == "token" and not is_us and not there[0].has(who))
        is_known = any(one.has(who) for one in there)
        assert found.why == "token" or is_known or (is_us and found.why == "references")
        assert found.why != "subject" or (verdict.is_authenticated and is_known)
    elif found.kind == "new":
        assert found.conversation_id is None
        assert not known.token or known.token.conversation_id is None
    else:
        assert known.duplicate is not None
        people = known.duplicate.participants
        assert known.is_from_us or known.duplicate.has(who) or not people
        assert (found.kind == "deleted") == (found.conversation_id is None)


@EXAMPLES
@given(
    sender=senders,
    verdict=verdicts,
    known=evidence,
    others=st.lists(st.tuples(conversations, st.integers(0, 10)), max_size=5),
    seed=st.randoms(use_true_random=False),
)
def test_unrelated_evidence_in_any_order_changes_nothing(
    sender: str,
    verdict: Verdict,
    known: Evidence,
    others: list[tuple[UUID | None, int]],
    seed: object,
) -> None:
    """Unrelated are mails between others, mailings, and whatever was deleted."""
    crowd = [f"crowd{number}@x.test" for number in range(MAX_PEOPLE)]
    references = list(known.references)
    for conversation, place in others:
        kinds = [
            link(None, sender),
            link(conversation, "somebody@else.test"),
            link(conversation, sender, *crowd),
        ]
        unrelated = kinds[place % 3]
        if known.is_from_us and place % 3 == 1:
            continue  # we take part in everything
        references.insert(place, unrelated)

    before = decide(sender, verdict, known)
    after = decide(sender, verdict, replace(known, references=tuple(references)))

    assert (after.kind, after.conversation_id, after.is_stranger) == (
        before.kind,
        before.conversation_id,
        before.is_stranger,
    )


@dataclass
class Desk:
    """A desk without tokens: what it remembers of each mail, and where it put it."""

    known: dict[int, Link] = field(default_factory=dict)
    writers: dict[UUID, set[str]] = field(default_factory=dict)

    def take(self, number: int, sender: str, people: set[str], answers: list[int]) -> Place:
        references = tuple(self.known[one] for one in answers if one in self.known)
        found = placed(sender, PROVED if number % 2 else UNKNOWN, references=references)
        conversation = found.conversation_id or UUID(int=1_000 + number)
        self.known[number] = link(conversation, sender, *people)
        self.writers.setdefault(conversation, set()).add(sender)
        return found


mails = st.lists(
    st.tuples(senders, st.sets(senders, max_size=2), st.lists(st.integers(0, 20), max_size=4)),
    max_size=20,
)


@EXAMPLES
@given(mails=mails)
def test_no_two_senders_share_a_conversation_by_references_alone(
    mails: list[tuple[str, set[str], list[int]]],
) -> None:
    """Whatever they answer: of mails that went to us alone, each sender has conversations."""
    desk = Desk()
    for number, (sender, _, answers) in enumerate(mails):
        desk.take(number, sender, set(), answers)

    assert all(len(writers) == 1 for writers in desk.writers.values())


@EXAMPLES
@given(mails=mails)
def test_who_joins_was_written_to(mails: list[tuple[str, set[str], list[int]]]) -> None:
    desk = Desk()
    met: dict[UUID, set[str]] = {}
    for number, (sender, people, answers) in enumerate(mails):
        found = desk.take(number, sender, people, answers)
        conversation = desk.known[number].conversation_id
        assert conversation is not None
        assert found.kind == "new" or sender in met[conversation]
        met.setdefault(conversation, set()).update(people | {sender})


@pytest.mark.parametrize("other", [UUID(int=2), UUID(int=3)])
def test_addresses_of_another_workspace_are_other_addresses(other: UUID) -> None:
    there = Link(ONE, frozenset({address_hash(other, "ada@x.test")}))

    assert placed("ada@x.test", references=(there,)).kind == "new"
