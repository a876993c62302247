"""Typing and presence: from one socket over the bus to all sockets that may see it."""

import asyncio
import os
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from rapport.kernel.context import Actor
from rapport.kernel.realtime.bus import Bus
from rapport.kernel.realtime.frames import Frame
from rapport.kernel.realtime.presence import (
    TYPING_S,
    PresenceBoard,
    TypingBoard,
    Typist,
    TypistKey,
)
from rapport.kernel.realtime.subscribers import Subscriber, Topics

CHANNEL = "rapport_live"
FOR_AGENTS = "presence:agents"
FOR_VISITORS = "presence:visitors"
GATHER_S = 0.1
"""Changes of presence within this time are told together."""
LINGER_S = 3.0
"""A window that closes counts so much longer: a page that reloads was never gone."""
REPEAT_S = 1.0
"""Saying the same within this time is not passed on."""


class _Typing(msgspec.Struct, tag="typing", array_like=True):
    workspace_id: UUID
    conversation_id: UUID
    who_id: UUID
    kind: str
    name: str
    topics: Sequence[str]
    on: bool
    note: bool


class _Window(msgspec.Struct, tag="window", array_like=True):
    workspace_id: UUID
    window: str
    agent_id: UUID
    viewing: UUID | None
    open: bool


class _RollCall(msgspec.Struct, tag="roll_call", array_like=True):
    """A process that has just come asks the others who is here."""

    process: str


_Said = _Typing | _Window | _RollCall
_decoder: msgspec.json.Decoder[_Said] = msgspec.json.Decoder(_Said)
_encoder = msgspec.json.Encoder()


def say_typing(
    bus: Bus,
    workspace: UUID,
    actor: Actor,
    conversation_id: UUID,
    topics: Sequence[str],
    *,
    on: bool,
    note: bool = False,
) -> None:
    """Tell all processes that `actor` writes, or stopped; also for processes without sockets."""
    said = _Typing(workspace, conversation_id, actor.id, actor.kind, actor.name, topics, on, note)
    bus.publish(CHANNEL, _encoder.encode(said))


class Ephemera:
    """This process's part in who is here and who writes."""

    def __init__(
        self,
        bus: Bus,
        topics: Topics,
        monotonic: Callable[[], float],
        *,
        linger_s: float = LINGER_S,
    ) -> None:
        """Say and hear things on `bus`, and show them to the subscribers of `topics`."""
        self._bus = bus
        self._topics = topics
        self._monotonic = monotonic
        self._linger_s = linger_s
        self._typing = TypingBoard(monotonic)
        self._presence = PresenceBoard(monotonic)
        self._process = os.urandom(4).hex()
        self._windows: dict[int, tuple[Subscriber, UUID | None]] = {}
        self._said: dict[tuple[TypistKey, bool], float] = {}
        self._changed: set[UUID] = set()
        self._online: dict[UUID, bool] = {}
        bus.subscribe(CHANNEL, self._hear)
        bus.on_connect(self._meet)

    def agents_online(self, workspace: UUID) -> bool:
        """Whether any agent has Rapport open."""
        return bool(self._presence.agents(workspace))

    def typing(
        self,
        workspace: UUID,
        actor: Actor,
        conversation_id: UUID,
        topics: Sequence[str],
        *,
        on: bool,
        note: bool,
    ) -> None:
        """Tell the hearers of `topics` that `actor` writes, or stopped."""
        key, now = TypistKey(workspace, conversation_id, actor.id, note), self._monotonic()
        if now - self._said.get((key, on), -REPEAT_S) < REPEAT_S:
            return
        self._said[key, on] = now
        self._said.pop((key, not on), None)
        say_typing(self._bus, workspace, actor, conversation_id, topics, on=on, note=note)

    def opened(self, subscriber: Subscriber, viewing: UUID | None = None) -> None:
        """An agent's window is open, and shows a conversation or none."""
        self._windows[subscriber.number] = (subscriber, viewing)
        self._say_window(subscriber, viewing, is_open=True)

    def closed(self, subscriber: Subscriber) -> None:
        """A window is gone; nothing when it was never announced."""
        if self._windows.pop(subscriber.number, None) is not None:
            asyncio.get_running_loop().call_later(
                self._linger_s, lambda: self._say_window(subscriber, None, is_open=False)
            )

    def repeat(self) -> None:
        """Say again which windows are open here, so that others do not forget them."""
        for subscriber, viewing in list(self._windows.values()):
            self._say_window(subscriber, viewing, is_open=True)

    def _meet(self) -> None:
        """Ask who is here, and say so oneself: what was said while nobody listened is not known."""
        self._bus.publish(CHANNEL, _encoder.encode(_RollCall(self._process)))
        self.repeat()

    def expire(self) -> None:
        """Take back what nobody has said again in time."""
        for key, typist in self._typing.expire():
            self._show_typing(key, typist, on=False)
        for workspace in self._presence.expire():
            self._change(workspace)
        horizon = self._monotonic() - 2 * REPEAT_S
        self._said = {what: at for what, at in self._said.items() if at > horizon}

    def greet(self, subscriber: Subscriber) -> None:
        """Tell a new connection who is here and who writes."""
        workspace = subscriber.principal.workspace_id
        if FOR_AGENTS in subscriber.topics:
            subscriber.push(self._for_agents(workspace))
        if FOR_VISITORS in subscriber.topics:
            subscriber.push(self._for_visitors(workspace))
        self.show_typists(subscriber, subscriber.topics)

    def show_typists(self, subscriber: Subscriber, topics: set[str]) -> None:
        """Tell a connection who writes now on the topics it has just begun to hear."""
        workspace = subscriber.principal.workspace_id
        for key, typist in self._typing.on_topics(workspace, topics):
            if key.who_id != subscriber.principal.actor.id:
                is_visitor = FOR_VISITORS in subscriber.topics
                subscriber.push(_typing_frame(key, typist, on=True, to_visitor=is_visitor))

    def _say_window(self, subscriber: Subscriber, viewing: UUID | None, *, is_open: bool) -> None:
        principal = subscriber.principal
        window = f"{self._process}{subscriber.number}"
        said = _Window(principal.workspace_id, window, principal.actor.id, viewing, is_open)
        self._bus.publish(CHANNEL, _encoder.encode(said))

    def _hear(self, payload: bytes) -> None:
        try:
            said = _decoder.decode(payload)
        except msgspec.MsgspecError:
            return  # a process of another version says something new
        if isinstance(said, _Typing):
            self._hear_typing(said)
            return
        if isinstance(said, _RollCall):
            if said.process != self._process:
                self.repeat()
            return
        is_news = (
            self._presence.here(said.workspace_id, said.window, said.agent_id, said.viewing)
            if said.open
            else self._presence.gone(said.workspace_id, said.window)
        )
        if is_news:
            self._change(said.workspace_id)

    def _hear_typing(self, said: _Typing) -> None:
        key = TypistKey(said.workspace_id, said.conversation_id, said.who_id, said.note)
        typist = Typist(said.kind, said.name, said.topics)
        if said.on:
            self._typing.on(key, typist)
            self._show_typing(key, typist, on=True)
        elif self._typing.off(key):
            self._show_typing(key, typist, on=False)

    def _show_typing(self, key: TypistKey, typist: Typist, *, on: bool) -> None:
        for topic in typist.topics:
            to_visitor = topic.startswith("visitor:")
            frame: Frame | None = None
            for hearer in self._topics.hearers(key.workspace_id, topic):
                if hearer.principal.actor.id == key.who_id:
                    continue
                frame = frame or _typing_frame(key, typist, on=on, to_visitor=to_visitor)
                hearer.push(frame)

    def _change(self, workspace: UUID) -> None:
        """Show a workspace's presence, once for all changes of this moment."""
        if not self._changed:
            asyncio.get_running_loop().call_later(GATHER_S, self._show_changes)
        self._changed.add(workspace)

    def _show_changes(self) -> None:
        changed, self._changed = self._changed, set()
        for workspace in changed:
            agents = self._topics.hearers(workspace, FOR_AGENTS)
            if agents:
                frame = self._for_agents(workspace)
                for agent in agents:
                    agent.push(frame)
            online = self.agents_online(workspace)
            if self._online.pop(workspace, False) != online:
                frame = self._for_visitors(workspace)
                for visitor in self._topics.hearers(workspace, FOR_VISITORS):
                    visitor.push(frame)
            if online:
                self._online[workspace] = True

    def _for_agents(self, workspace: UUID) -> Frame:
        viewing = self._presence.viewing(workspace)
        return Frame(
            {
                "type": "presence",
                "agents": self._presence.agents(workspace),
                "viewing": {str(conversation): who for conversation, who in viewing.items()},
            }
        )

    def _for_visitors(self, workspace: UUID) -> Frame:
        return Frame({"type": "presence", "agents_online": self.agents_online(workspace)})


def _typing_frame(key: TypistKey, typist: Typist, *, on: bool, to_visitor: bool) -> Frame:
    """Visitors see the names of agents, never their ids."""
    who_id = "" if to_visitor else str(key.who_id)
    return Frame(
        {
            "type": "typing",
            "conversation_id": key.conversation_id,
            "who": {"kind": typist.kind, "id": who_id, "name": typist.name},
            "on": on,
            "note": key.note,
            "expires_in_s": int(TYPING_S),
        }
    )
