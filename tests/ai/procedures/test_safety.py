"""Whatever is said, and in whatever order: no action without identity and agreement."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.ai.procedures.running.effects import Confirm, Do
from rapport.ai.procedures.running.inputs import (
    Answer,
    Approved,
    Begin,
    Cancelled,
    Confirmed,
    Done,
    Due,
    Event,
    Failed,
    Identified,
    Input,
)
from rapport.ai.procedures.running.states import digest_of
from rapport.kernel.actions import Risk
from tests.ai.procedures.shop import IDENTIFY, OPENING_HOURS, REFUND, Conversation, library

ORDERS = st.sampled_from(["R-1", "R-2", "R-0", "", "yes"])
VALUES = st.one_of(
    ORDERS,
    st.sampled_from(["late", "damaged", "anna@example.com"]),
    st.none(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1),
)
ANSWERS = st.builds(
    Answer,
    st.dictionaries(
        st.sampled_from(["order", "reason", "email", "place", "customer", "found", "error"]),
        VALUES,
        max_size=3,
    ),
    st.booleans(),
)
KEYS = st.builds(lambda run, call: f"{run}.{call}", st.integers(1, 4), st.integers(0, 4))
ANNA = Identified("verified", {"id": "c-1"})
INPUTS: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Begin,
        st.sampled_from(["refund", "hours"]),
        st.dictionaries(st.sampled_from(["order", "reason", "place"]), VALUES, max_size=2),
    ),
    ANSWERS,
    ANSWERS,
    st.sampled_from(["agree", "agree", "agree", "refuse", "finish", "finish", "finish", "fail"]),
    st.builds(Confirmed, st.text(max_size=4), st.booleans()),
    st.builds(Done, KEYS, VALUES, st.sampled_from([None, None, ANNA])),
    st.builds(Failed, KEYS, st.just("no")),
    st.builds(Approved, st.booleans()),
    st.just(Due()),
    st.builds(Event, st.just("x")),
    st.just(Cancelled()),
    st.just(Identified("known", {"id": "c-1"})),
)


def _meant(talk: Conversation, given: Input | str) -> Input | None:
    """What a word stands for now: agreeing to what was asked, or finishing what is being done."""
    if not isinstance(given, str):
        return given
    waiting = [frame.waiting for frame in talk.state.frames if frame.waiting is not None]
    for one in reversed(waiting):
        if given in ("agree", "refuse") and one.kind == "confirmation":
            return Confirmed(one.call.digest, given == "agree")
        if given in ("finish", "fail") and one.kind == "result":
            verifies = one.call.action == "shop.find_customer"
            done = Done(one.call.key, {"amount": 1.0}, ANNA if verifies else None)
            return done if given == "finish" else Failed(one.call.key, "no")
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(INPUTS, min_size=5, max_size=40), st.booleans())
def test_no_action_is_let_out_without_identity_and_agreement_to_its_arguments(
    said: list[Input | str], needs_person: bool
) -> None:
    approved = frozenset({"shop.refund"}) if needs_person else frozenset[str]()
    talk = Conversation(library(REFUND, IDENTIFY, OPENING_HOURS, approved=approved))
    talk.take(Begin("refund"))
    offered, agreed, keys = dict[str, dict[str, Any]](), set[str](), set[str]()

    for one in said:
        meant = _meant(talk, one)
        if meant is None:
            continue
        if isinstance(meant, Confirmed) and meant.agreed:
            agreed.add(meant.digest)
        for effect in talk.take(meant):
            if isinstance(effect, Confirm):
                offered[effect.digest] = {"action": effect.action, "with": effect.arguments}
            if isinstance(effect, Do):
                spec = talk.library.spec(effect.action)
                assert spec is not None
                assert effect.key not in keys
                keys.add(effect.key)
                if spec.identity == "verified":
                    assert talk.state.identity == "verified"
                    assert effect.arguments.get("customer", "c-1") == "c-1"
                if spec.risk is not Risk.READS:
                    assert effect.confirmed in agreed
                    shown = {"action": effect.action, "with": effect.arguments}
                    assert offered[effect.confirmed] == shown
                    run = effect.key.split(".")[0]
                    assert effect.confirmed == digest_of(run, effect.action, effect.arguments)
                    agreed.discard(effect.confirmed)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANSWERS, max_size=12))
def test_no_answer_identifies_anybody(said: list[Answer]) -> None:
    talk = Conversation(library(REFUND, IDENTIFY))
    talk.take(Begin("refund", {"order": "R-1"}))

    for answer in said:
        talk.take(answer)

    assert talk.state.identity == "none"
    assert set(talk.done()) <= {"shop.find_customer"}
