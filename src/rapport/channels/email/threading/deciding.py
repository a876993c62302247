"""Which conversation a mail belongs to, by all that is known and nothing else."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from rapport.channels.email.threading.hashes import address_hash
from rapport.channels.email.trust.verdict import Verdict

MAX_PEOPLE: Final = 20
"""A mail between more people is a mailing: answers to it are conversations of their own."""

Kind = Literal["new", "append", "duplicate", "deleted"]
Why = Literal["token", "references", "subject", "known_id", "not_a_participant", "nothing"]


@dataclass(frozen=True, slots=True)
class Link:
    """A conversation that something in a mail leads to, and who takes part.

    For the mail's own id and for the ids it answers these are the participants of that one mail
    (`Known.participants`); for a token and for a number in the subject, all of the conversation.
    """

    conversation_id: UUID | None
    """None when the conversation was deleted."""
    participants: frozenset[bytes]
    """See `hashes.address_hash`."""

    def has(self, who: bytes) -> bool:
        """Whether somebody takes part."""
        return who in self.participants


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the database knows about what a mail refers to."""

    workspace_id: UUID
    token: Link | None = None
    """Of the first token in `tokens_of` that `read` accepts."""
    references: tuple[Link, ...] = ()
    """Of the known ids it answers: In-Reply-To, then References, the newest first."""
    subject: Link | None = None
    """Of the number in its subject."""
    duplicate: Link | None = None
    """Of its own id, when it is known."""
    is_from_us: bool = False
    """Whether From is one of our own addresses, which are participants of nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail goes: a `new` conversation, an existing one, or nowhere as it was here before.

    `is_stranger` says that the sender had not been part of the conversation.
    """

    kind: Kind
    conversation_id: UUID | None
    is_stranger: bool
    why: Why


def decide(sender: str, verdict: Verdict, evidence: Evidence) -> Place:
    """Where a mail from the address `sender` goes.

    A known id counts for the mail of one who took part in the known one, or when nobody knows any
    more who did; a token for anybody, as only who was written to has it; ids that are answered for
    participants of the answered mail, and for us when it is proved that it is us; a number in the
    subject for participants whose address is proved, and not for us, as the forms of web sites
    write from our addresses what anybody typed. A subject alone never counts.
    """
    who = address_hash(evidence.workspace_id, sender)
    is_us = evidence.is_from_us and verdict.is_authenticated
    same = evidence.duplicate
    if same is not None and (evidence.is_from_us or not same.participants or same.has(who)):
        kind: Kind = "duplicate" if same.conversation_id else "deleted"
        return Place(kind, same.conversation_id, is_stranger=False, why="known_id")
    token = evidence.token
    if token is not None and token.conversation_id:
        is_stranger = not is_us and not token.has(who)
        return Place("append", token.conversation_id, is_stranger, "token")
    answered = _answered(who, evidence, is_us=is_us)
    if answered is not None:
        return Place("append", answered, is_stranger=False, why="references")
    named = evidence.subject if verdict.is_authenticated else None
    if named is not None and named.conversation_id and named.has(who):
        return Place("append", named.conversation_id, is_stranger=False, why="subject")
    why: Why = "not_a_participant" if evidence.references or evidence.subject else "nothing"
    return Place("new", None, is_stranger=False, why=why)


def _answered(who: bytes, evidence: Evidence, *, is_us: bool) -> UUID | None:
    """The conversation of the newest mail answered that its sender took part in."""
    return next(
        (
            link.conversation_id
            for link in evidence.references
            if link.conversation_id
            and len(link.participants) <= MAX_PEOPLE
            and (is_us or link.has(who))
        ),
        None,
    )
