"""From stories to rows: messages in order, and the conversation's columns that sum them up."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from rapport.ai.autopilot import summary
from rapport.conversations.ports import NewMessage
from rapport.conversations.search.words import words_of
from rapport.conversations.wire import preview_of
from rapport.kernel import richtext
from rapport.server.demo.fate import Fate
from rapport.server.demo.ids import Ids
from rapport.server.demo.story import Story, Turn

Row = dict[str, Any]
ASSISTANT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Setting:
    """The rows the conversations refer to."""

    workspace_id: UUID
    owner: UUID
    colleagues: Sequence[tuple[UUID, str]]
    """Ids and names, in the order of `people.AGENTS`."""
    chat: UUID
    desk: UUID
    """The inbox without the assistant."""
    teams: Mapping[str, UUID]
    tags: Mapping[str, UUID]
    candidates: Mapping[str, Sequence[summary.Candidate]]
    """What the assistant found, best first, by script."""


@dataclass(slots=True)
class Rows:
    """The rows of all conversations, by table."""

    conversations: list[Row] = field(default_factory=list)
    starts: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    tags: list[Row] = field(default_factory=list)
    seen: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    answered: list[Row] = field(default_factory=list)
    """Conversations in which the assistant answered from an article."""
    counted: Counter[tuple[date, UUID, str, str, int]] = field(default_factory=Counter)
    timeline: list[Row] = field(default_factory=list)
    search: list[Row] = field(default_factory=list)
    last_seen: dict[UUID, datetime] = field(default_factory=dict)
    counts: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    def days(self) -> list[Row]:
        """How many questions ended which way, by day, as the overview keeps it."""
        names = ("day", "inbox_id", "decision", "reason", "tenth")
        return [
            {**dict(zip(names, key, strict=True)), "count": count}
            for key, count in self.counted.items()
        ]


class Writer:
    """Writes stories down as rows."""

    def __init__(self, setting: Setting, rng: Random, ids: Ids) -> None:
        """Begin with nothing."""
        self._setting = setting
        self._rng = rng
        self._ids = ids
        self.rows = Rows()

    def write(self, story: Story, fate: Fate, number: int) -> None:
        """Add one conversation with all that hangs on it."""
        started = story.turns[0].at
        conversation_id = self._ids.at(started)
        known = len(self.rows.answers)
        messages = self._messages(story, conversation_id)
        own = {"workspace_id": self._setting.workspace_id, "conversation_id": conversation_id}
        holder = None if fate.holder is None else self._person(fate.holder)[0]
        tags = [self._setting.tags[t] for t in story.script.tags] if fate.is_tagged else []
        seen = self._seen(fate, holder, messages)
        self.rows.conversations.append(
            {
                "workspace_id": self._setting.workspace_id,
                "id": conversation_id,
                "number": number,
                "inbox_id": self._setting.chat if story.by_assistant else self._setting.desk,
                "customer_id": story.customer.id,
                "subject": None,
                "topic": story.script.topic,
                "status": fate.status,
                "snoozed_until": fate.snoozed_until,
                "resolved_at": fate.resolved_at,
                "assignee_id": holder,
                "team_id": self._setting.teams[story.script.team] if holder else None,
                "tag_ids": tags,
                "priority": fate.priority,
                "created_at": started,
                "version": len(messages) + 1,
                "agent_seen_seq": max((row["seq"] for row in seen), default=0),
                **_summed_up(story, fate, messages),
            }
        )
        self._count(self.rows.conversations[-1], self.rows.answers[known:])
        self._index(story, self.rows.conversations[-1], messages)
        customer = story.customer.id
        self.rows.starts.append(
            own | {"number": number, "customer_id": customer, "client_id": None}
        )
        self.rows.messages += messages
        self.rows.tags += [own | {"tag_id": tag} for tag in tags]
        self.rows.seen += [own | row for row in seen]
        self.rows.counts[customer] += 1
        self.rows.last_seen[customer] = max(m["created_at"] for m in messages if _is_customers(m))

    def _count(self, conversation: Row, answers: Sequence[Row]) -> None:
        """What the reader that counts the assistant's work would have written."""
        for answer in answers:
            tenth = min(int(answer["confidence"] * 10), 9)
            how = (answer["decision"], answer["reason"], tenth)
            day = answer["created_at"].astimezone(UTC).date()
            self.rows.counted[(day, conversation["inbox_id"], *how)] += 1
        proved = [answer["created_at"] for answer in answers if answer["reason"] == "confident"]
        if proved:
            self.rows.answered.append(
                {
                    "workspace_id": self._setting.workspace_id,
                    "conversation_id": conversation["id"],
                    "inbox_id": conversation["inbox_id"],
                    "answered_at": proved[0],
                    "is_taken_up": conversation["handler"] != "assistant",
                }
            )

    def _index(self, story: Story, conversation: Row, messages: Sequence[Row]) -> None:
        """What the readers of the log would have written: the words, and the timeline."""
        texts = [story.customer.name, story.customer.email, *(m["body"] for m in messages)]
        self.rows.search.append(
            {
                "workspace_id": self._setting.workspace_id,
                "conversation_id": conversation["id"],
                "active_at": conversation["last_activity_at"],
                "words": sorted(set(words_of("\n".join(texts)))),
            }
        )
        self._happened(conversation, "started", conversation["created_at"], messages[0]["body"])
        if conversation["resolved_at"]:
            count = f"{conversation['public_seq']} messages"
            self._happened(conversation, "resolved", conversation["resolved_at"], count)

    def _happened(self, conversation: Row, what: str, at: datetime, text: str) -> None:
        self.rows.timeline.append(
            {
                "workspace_id": self._setting.workspace_id,
                "id": self._ids.at(at),
                "created_at": at,
                "customer_id": conversation["customer_id"],
                "kind": f"conversation_{what}",
                "at": at,
                "title": f"Conversation #{conversation['number']} {what}",
                "text": text,
                "source": f"conversation_{what}:{conversation['id']}",
                "conversation_id": conversation["id"],
            }
        )

    def _messages(self, story: Story, conversation_id: UUID) -> list[Row]:
        rows: list[Row] = []
        for turn in story.turns:
            row = self._message(story, turn, conversation_id, len(rows) + 1)
            if turn.answer:
                asked = next(m for m in reversed(rows) if _is_customers(m))
                answer = self._answer(story, turn, conversation_id, asked, row)
                row["answer_id"] = answer["id"]
                row["cards"] = _cards(answer)
            rows.append(row)
            if turn.answer == "handed_over":
                rows.append(self._note(story, turn, conversation_id, rows))
        return rows

    def _message(self, story: Story, turn: Turn, conversation_id: UUID, seq: int) -> Row:
        author_id, name = self._author(story, turn)
        message_id = self._ids.at(turn.at)
        return {
            "workspace_id": self._setting.workspace_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "id": message_id,
            "kind": turn.voice if turn.voice in {"note", "system"} else "message",
            "author_kind": "agent" if turn.voice == "note" else turn.voice,
            "author_id": author_id,
            "author_name": name,
            "body": turn.text,
            "html": richtext.render(turn.text),
            "cards": [],
            "attachment_ids": [],
            "answer_id": None,
            "client_id": f"demo:{message_id}",
            "created_at": turn.at,
        }

    def _author(self, story: Story, turn: Turn) -> tuple[UUID | None, str]:
        if turn.voice == "customer":
            return story.customer.id, story.customer.name
        if turn.voice in {"agent", "note"}:
            return self._person(0 if story.agent is None else story.agent)
        return (ASSISTANT, "Assistant") if turn.voice == "assistant" else (None, "")

    def _person(self, place: int) -> tuple[UUID, str]:
        return (self._setting.owner, "") if place < 0 else self._setting.colleagues[place]

    def _answer(
        self, story: Story, turn: Turn, conversation_id: UUID, asked: Row, told: Row
    ) -> Row:
        rng = self._rng
        decision, reason, sure = "answered", "confident", rng.uniform(0.58, 0.97)
        candidates = self._setting.candidates.get(story.script.key, ())
        if turn.answer == "thanks":
            reason, sure, candidates = "thanks", 1.0, ()
        if turn.answer == "handed_over":
            decision, reason, sure = "handed_over", _why(story, asked), rng.uniform(0.04, 0.42)
        if reason in {"asked_for_a_person", "not_helpful"}:
            candidates = ()
        used = decision == "answered"
        row = {
            "workspace_id": self._setting.workspace_id,
            "id": self._ids.at(turn.at),
            "created_at": turn.at,
            "conversation_id": conversation_id,
            "question_id": asked["id"],
            "message_id": told["id"],
            "question": asked["body"],
            "decision": decision,
            "reason": reason,
            "confidence": round(sure, 4),
            "mode": "hybrid" if candidates else "",
            "candidates": [
                {
                    "article_id": str(c.article_id),
                    "title": c.title,
                    "url": c.url,
                    "score": round(max(0.05, c.score * (1 if used else 0.6)), 4),
                    "quote": c.quote,
                    "used": used and place == 0,
                }
                for place, c in enumerate(candidates)
            ],
            "timings": {"retrieve_ms": round(rng.uniform(6, 19), 1)},
        }
        self.rows.answers.append(row)
        return row

    def _note(self, story: Story, turn: Turn, conversation_id: UUID, before: Sequence[Row]) -> Row:
        answer = self.rows.answers[-1]
        found = [
            summary.Candidate(UUID(c["article_id"]), c["title"], c["url"], c["score"], c["quote"])
            for c in answer["candidates"]
        ]
        text = summary.note(
            answer["question"], answer["reason"], answer["confidence"], found, locale="en"
        )
        at = turn.at + timedelta(milliseconds=20)
        note = self._message(story, Turn("note", text, at), conversation_id, len(before) + 1)
        return note | {
            "author_kind": "assistant",
            "author_id": ASSISTANT,
            "author_name": "Assistant",
            "answer_id": answer["id"],
        }

    def _seen(self, fate: Fate, holder: UUID | None, messages: Sequence[Row]) -> list[Row]:
        """The owner has read what is done, and most of the rest; so has whoever holds it."""
        last = messages[-1]
        marks = []
        for agent in dict.fromkeys(filter(None, (self._setting.owner, holder))):
            seq = last["seq"]
            if fate.status == "open" and self._rng.random() < 0.55:
                seq = self._rng.randrange(seq)
            if seq:
                marks.append(
                    {"agent_id": agent, "seq": seq, "seen_at": messages[seq - 1]["created_at"]}
                )
        return marks


def _why(story: Story, asked: Row) -> str:
    if story.script.key == "person":
        return "asked_for_a_person"
    return "not_sure" if asked["seq"] == 1 else "not_helpful"


def _cards(answer: Row) -> list[Row]:
    used = [c for c in answer["candidates"] if c["used"]]
    sources = [{"title": c["title"], "url": c["url"], "quote": c["quote"]} for c in used]
    return [{"kind": "sources", "sources": sources}] if sources else []


def _is_customers(message: Row) -> bool:
    return bool(message["author_kind"] == "customer")


def _is_answer(message: Row) -> bool:
    return message["kind"] == "message" and message["author_kind"] in {"agent", "assistant"}


def _summed_up(story: Story, fate: Fate, messages: Sequence[Row]) -> Row:
    """The columns the ingest would have kept: previews, sequences, waits, who answers."""
    last = messages[-1]
    public = [m for m in messages if m["kind"] != "note"]
    answered = max((m["seq"] for m in messages if _is_answer(m)), default=0)
    waiting = [m for m in messages if _is_customers(m) and m["seq"] > answered]
    theirs = max(m["seq"] for m in messages if _is_customers(m))
    return {
        "preview": _preview(last),
        "preview_kind": "note" if last["kind"] == "note" else last["author_kind"],
        "public_preview": _preview(public[-1]),
        "last_seq": last["seq"],
        "public_seq": public[-1]["seq"],
        "last_activity_at": last["created_at"],
        "public_activity_at": public[-1]["created_at"],
        "waiting_since": waiting[0]["created_at"]
        if waiting and fate.status != "resolved"
        else None,
        "customer_seen_seq": public[-1]["seq"] if fate.status == "resolved" else theirs,
        "handler": _handler(story, messages),
    }


def _handler(story: Story, messages: Sequence[Row]) -> str:
    if any(m["author_kind"] == "agent" and m["kind"] == "message" for m in messages):
        return "agent"
    is_handed_over = any(turn.answer == "handed_over" for turn in story.turns)
    return "assistant" if story.by_assistant and not is_handed_over else "none"


def _preview(message: Row) -> str:
    return preview_of(
        NewMessage(
            workspace_id=message["workspace_id"],
            conversation_id=message["conversation_id"],
            body=message["body"],
        )
    )
