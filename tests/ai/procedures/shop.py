"""A small shop's procedures and actions, and somebody who carries effects out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rapport.ai.procedures.language import read, read_catalogue
from rapport.ai.procedures.running import Library, State, advance, compiled
from rapport.ai.procedures.running.effects import Ask, Confirm, Do, Effect, Say
from rapport.ai.procedures.running.inputs import Confirmed, Done, Failed, Input

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ACTIONS = """
format: 1
actions:
  shop.find_customer:
    risk: reads
    verifies: verified
    arguments:
      type: object
      properties: {email: {type: string}}
      required: [email]
  shop.order:
    risk: reads
    identity: verified
    description: Look an order up.
    arguments:
      type: object
      properties: {number: {type: string}, customer: {type: string}}
      required: [number, customer]
    bound: {customer: =customer.id}
  shop.reserve:
    risk: reversible
    identity: verified
    description: Reserve a courier.
    arguments:
      type: object
      properties: {number: {type: string}}
      required: [number]
  shop.release:
    risk: reversible
    identity: verified
    description: Release a courier.
    arguments:
      type: object
      properties: {number: {type: string}}
      required: [number]
  shop.refund:
    risk: irreversible
    identity: verified
    description: Pay money back.
    arguments:
      type: object
      properties: {number: {type: string}, reason: {type: string}, customer: {type: string}}
      required: [number, reason, customer]
    bound: {customer: =customer.id}
"""

REFUND = """
format: 1
id: refund
name: Refund an order
identity: verified
slots:
  order:
    kind: order_number
    ask: What is the order number?
    check: order != 'R-0'
    otherwise: There is no order {order}.
  reason:
    kind: choice
    ask: Why?
    choices:
      - {value: damaged, label: It is damaged}
      - {value: late, label: It came late}
steps:
  - ask: order
  - do: shop.order
    with: {number: =order}
    as: found
    on_error:
      - say: I cannot find {order}.
      - go: end
  - do: shop.reserve
    with: {number: =order}
    confirm: Shall I send a courier for {order}?
    undo:
      do: shop.release
      with: {number: =order}
  - ask: reason
  - do: shop.refund
    with: {number: =order, reason: =reason}
    confirm: Shall I refund {order} ({reason})?
    as: refund
  - say: Done, {refund.amount} comes back.
on_cancel:
  - say: It is all called off.
"""

IDENTIFY = """
format: 1
id: identify
name: Who are you
slots:
  email: {kind: email, ask: What is your e-mail address?}
steps:
  - ask: email
  - do: shop.find_customer
    with: {email: =email}
    as: found
    on_error:
      - say: I do not know {email}.
"""

OPENING_HOURS = """
format: 1
id: hours
name: Opening hours
slots:
  place: {kind: text, ask: Which shop?}
steps:
  - ask: place
  - say: The shop in {place} is open till six.
"""


def library(*texts: str, identify: str | None = "identify", **more: Any) -> Library:
    programs = [compiled(read(text).procedure) for text in texts]
    return Library(
        {program.procedure.id: program for program in programs},
        read_catalogue(ACTIONS),
        identify=identify,
        **more,
    )


@dataclass
class Conversation:
    """Runs in one conversation; every state has been through JSON."""

    library: Library
    state: State = field(default_factory=State)
    now: datetime = NOW
    effects: list[Effect] = field(default_factory=list)
    """Of the last input."""
    ever: list[Effect] = field(default_factory=list)

    def take(self, given: Input) -> list[Effect]:
        state, effects = advance(self.library, self.state, given, self.now)
        self.state = State.model_validate_json(state.model_dump_json())
        self.effects = list(effects)
        self.ever += effects
        return self.effects

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)

    def one(self, kind: type[Any]) -> Any:
        """The only effect of a kind that came last."""
        (found,) = [effect for effect in self.effects if isinstance(effect, kind)]
        return found

    def has(self, kind: type[Any]) -> bool:
        return any(isinstance(effect, kind) for effect in self.effects)

    def said(self) -> list[str]:
        return [effect.text for effect in self.effects if isinstance(effect, Say)]

    def done(self) -> list[str]:
        """The actions that were ever let out."""
        return [effect.action for effect in self.ever if isinstance(effect, Do)]

    def succeed(self, result: Any = None, **more: Any) -> list[Effect]:
        return self.take(Done(self.one(Do).key, result, **more))

    def fail(self, reason: str) -> list[Effect]:
        return self.take(Failed(self.one(Do).key, reason))

    def agree(self, *, agreed: bool = True) -> list[Effect]:
        return self.take(Confirmed(self.one(Confirm).digest, agreed))

    def asked(self) -> list[str]:
        return [slot.name for slot in self.one(Ask).slots]
