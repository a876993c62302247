"""The form of an answer, as its channel has it. What it says is the same on all of them."""

import re
from dataclasses import replace
from typing import Final

from rapport.ai.autopilot.phrases import phrases
from rapport.ai.autopilot.thinking import Outcome
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.kernel.context import Ctx

_LETTERS: Final = frozenset({"email"})
"""The channels whose messages are letters."""
_GREETED: Final = frozenset({"confident", "asked_back"})
"""A greeting that is returned, and thanks, need none above them."""
_NAME: Final = re.compile(r"[^\W\d_]+(?:[ '\u2019-][^\W\d_]+){0,4}")
_MAX_NAME_CHARS: Final = 60


async def shaped(ctx: Ctx, conversation: Conversation, outcome: Outcome, language: str) -> Outcome:
    """The same outcome; an answer that goes by letter greets the customer.

    What they call themselves is only repeated where it is nothing but words.
    """
    if outcome.decision != "answered" or outcome.reason not in _GREETED:
        return outcome
    inbox = await conversations.get_inbox(ctx, conversation.inbox_id)
    if inbox.channel not in _LETTERS:
        return outcome
    name = (await customers.get(ctx, conversation.customer_id)).name or ""
    is_name = len(name) <= _MAX_NAME_CHARS and _NAME.fullmatch(name) is not None
    greeting = phrases(language).letter.format(name=f" {name}" if is_name else "")
    return replace(outcome, body=f"{greeting}\n\n{outcome.body}")
