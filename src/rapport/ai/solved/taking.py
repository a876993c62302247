"""Taking question and answer out of a solved conversation, without anything of anybody's."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from rapport.ai.autopilot import service as autopilot
from rapport.ai.courtesies import service as courtesies
from rapport.ai.gaps import service as gaps
from rapport.ai.solved.exchange import Exchange, read
from rapport.ai.solved.models import SolvedConversation
from rapport.ai.solved.repository import SolvedRepository
from rapport.ai.solved.safety.judging import Judge
from rapport.ai.solved.safety.people import People
from rapport.ai.solved.safety.vocabulary import Vocabulary
from rapport.ai.solved.schemas import Reason
from rapport.ai.solved.settings import SolvedSettings
from rapport.conversations import service as conversations
from rapport.customers import service as customers
from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as workspace_settings
from rapport.kernel.settings.workspace import General
from rapport.knowledge.solved import service as documents

_MAX_QUESTION_CHARS: Final = 300
_LEAST_LEFT: Final = 0.5
"""Of the answer's words; what has more holes may say something else."""


async def take(
    ctx: Ctx, row: SolvedConversation, settings: SolvedSettings, vocabulary: Vocabulary
) -> None:
    """Decide what of a queued conversation may be told: nothing, or what then waits or is used."""
    conversation = await conversations.get(ctx, row.id)
    customer = await customers.get(ctx, conversation.customer_id)
    if customer.erased_at is not None:
        await SolvedRepository(ctx).remove(row)
        return
    exchange = await read(ctx, row.id, row.solved_at)
    if isinstance(exchange, str):
        _refuse(row, exchange)
        return
    usual = (await workspace_settings.get(ctx, General)).locale.split("-")[0].lower()
    language = autopilot.language(exchange.answer, default=usual)
    people = await people_in(ctx, row, exchange.names)
    judge = Judge(people, vocabulary, exchange.said, language)
    kept = await told(exchange, judge)
    if isinstance(kept, str):
        _refuse(row, kept)
        return
    question, answer = kept
    fingerprint = sha256(answer.casefold().encode()).digest()
    if await SolvedRepository(ctx).is_known(fingerprint):
        _refuse(row, "known_already")
        return
    row.question, row.answer, row.locale = question, answer, language
    row.reply_seq, row.fingerprint = exchange.reply_seq, fingerprint
    row.state = "waiting"
    if settings.is_reviewed:
        await ctx.session.flush()
    else:
        await put_in_use(ctx, row, settings)
    await make_room(ctx, settings)


async def people_in(ctx: Ctx, row: SolvedConversation, names: Sequence[str] = ()) -> People:
    """Who wrote in a conversation, and all that is known of its customer now."""
    found = await customers.get(ctx, row.customer_id)
    customer = await customers.describe(ctx, found)
    addresses = [one.address for one in (*customer.identities, *customer.claims)]
    attributes = [str(value) for value in customer.attributes.values()]
    fields = [customer.email or "", customer.phone or "", customer.company or ""]
    own = [*fields, *addresses, *attributes]
    return People([customer.name, *names], own)


async def put_in_use(ctx: Ctx, row: SolvedConversation, settings: SolvedSettings) -> None:
    """Let others' questions be answered from it."""
    row.state = "in_use"
    await documents.keep(
        ctx,
        row.id,
        question=row.question,
        answer=row.answer,
        locale=row.locale,
        audience="public" if settings.audience == "customers" else "internal",
        solved_at=row.solved_at,
    )


async def take_out(ctx: Ctx, row: SolvedConversation, reason: Reason) -> None:
    """Let nobody be told of it any more, and forget its words; it is not taken again."""
    await documents.drop(ctx, [row.id])
    _refuse(row, reason)
    await ctx.session.flush()


async def make_room(ctx: Ctx, settings: SolvedSettings) -> None:
    """Take the eldest out where there are more than the workspace wants."""
    for row in await SolvedRepository(ctx).beyond(settings.most):
        await take_out(ctx, row, "made_room")


async def told(exchange: Exchange, judge: Judge) -> tuple[str, str] | Reason:
    """Question and answer as they may be told, or why they may not."""
    discretion = gaps.Discretion(exchange.names, exchange.texts)
    asked = [s.text for s in gaps.sentences(exchange.question, discretion)]
    general = [s for s in gaps.sentences(exchange.answer, discretion) if not s.is_of_one_case]
    await judge.vocabulary.learn([*asked, *(s.text for s in general)])
    kept = [s for s in general if judge.lets_pass(s.text)]
    question = " ".join(s for s in asked if judge.lets_pass(s))[:_MAX_QUESTION_CHARS]
    answer = "\n".join(f"- {s.text}" if s.is_item else s.text for s in kept)
    if not question:
        return "question_not_safe"
    if not kept or not judge.lets_all_pass(f"{question}\n{answer}"):
        return "answer_not_safe"
    if _words(s.text for s in kept) < _LEAST_LEFT * _words(_substance(exchange.answer)):
        return "too_little_left"
    return question, autopilot.harmless(answer)


def _substance(answer: str) -> Iterator[str]:
    """The sentences of a reply that say more than that it is kind."""
    for line in gaps.trimmed(answer).splitlines():
        yield from (s for s in autopilot.sentences(line) if not courtesies.is_courtesy(s))


def _words(sentences: Iterable[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _refuse(row: SolvedConversation, reason: Reason) -> None:
    row.state, row.reason = "refused", reason
    row.question = row.answer = row.locale = ""
    row.reply_seq = row.fingerprint = None
