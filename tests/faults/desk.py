"""Agents and visitors at a house: how they listen, and what they would see if they looked anew."""

from typing import Any

import httpx

from tests.faults.house import House
from tests.faults.listening import Client, State
from tests.faults.visitors import Visitor

PER_AGENT = ("seen_seq",)
"""What an agent's own list has beyond what everybody is told."""


def agent_client(
    house: House, agent: httpx.AsyncClient, port: int, *threads: str, is_stream: bool = False
) -> Client:
    """An agent's window: the list of all conversations, and the messages of `threads`."""
    cookies = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
    return Client(
        port,
        f"127.0.0.1:{house.port}",
        "/v1/realtime",
        {"cookie": cookies, "origin": house.url},
        ["inbox", *(f"conversation:{id_}" for id_ in threads)],
        lambda: agent_state(agent, *threads),
        is_stream=is_stream,
    )


def visitor_client(house: House, visitor: Visitor, port: int, *, is_stream: bool = False) -> Client:
    """A visitor's widget: their conversations and what was said in them."""
    return Client(
        port,
        f"127.0.0.1:{house.port}",
        f"/widget/v1/realtime?token={visitor.token}",
        {},
        [],
        lambda: visitor_state(house, visitor),
        is_stream=is_stream,
    )


async def agent_state(agent: httpx.AsyncClient, *threads: str) -> State:
    """What a fresh fetch shows."""
    talks: dict[str, Any] = {}
    for view in ("all", "snoozed", "resolved"):
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await agent.get(
                "/v1/conversations", params={"view": view, "limit": 100, **more}
            )
            page = answer.raise_for_status().json()
            talks |= {row["id"]: row for row in page["items"]}
            cursor = page["next"]
            if cursor is None:
                break
    state: State = {"conversation": talks, "message": {}}
    for thread in threads:
        state["message"] |= await _said(agent, f"/v1/conversations/{thread}/messages")
    return state


async def visitor_state(house: House, visitor: Visitor) -> State:
    """What a fresh fetch shows."""
    headers = {"authorization": f"Bearer {visitor.token}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=30) as http:
        talks = (await http.get("/widget/v1/conversations")).raise_for_status().json()["items"]
        state: State = {"conversation": {talk["id"]: talk for talk in talks}, "message": {}}
        for talk in talks:
            path = f"/widget/v1/conversations/{talk['id']}/messages"
            state["message"] |= await _said(http, path)
    return state


async def _said(http: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """All messages of a conversation by id."""
    found: dict[str, Any] = {}
    seq = 0
    while True:
        answer = await http.get(path, params={"after_seq": seq, "limit": 100})
        rows = answer.raise_for_status().json()["items"]
        if not rows:
            return found
        found |= {row["id"]: row for row in rows}
        seq = rows[-1]["seq"]
