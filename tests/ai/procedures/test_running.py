"""Runs of procedures: what is asked, confirmed and done, corrected, undone and called off."""

from typing import Any

from rapport.ai.procedures.running import open_question
from rapport.ai.procedures.running.effects import (
    Approve,
    Ask,
    Confirm,
    Do,
    Ended,
    HandOver,
    Identify,
    Say,
    Wait,
)
from rapport.ai.procedures.running.inputs import (
    Answer,
    Approved,
    Begin,
    Cancelled,
    Confirmed,
    Done,
    Due,
    Event,
    Identified,
)
from tests.ai.procedures.shop import (
    IDENTIFY,
    NOW,
    OPENING_HOURS,
    REFUND,
    Conversation,
    library,
)

ANNA = Identified("verified", {"id": "c-1"})


def known(*texts: str, **more: Any) -> Conversation:
    """A conversation with a customer who is known for sure."""
    talk = Conversation(library(*(texts or (REFUND, IDENTIFY, OPENING_HOURS)), **more))
    talk.take(ANNA)
    return talk


def until_reason(talk: Conversation) -> None:
    """As far as the second question: the courier is reserved."""
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})
    talk.agree()
    talk.succeed()


def test_a_refund_is_asked_for_confirmed_and_done_step_by_step() -> None:
    talk = known()

    talk.take(Begin("refund"))
    assert talk.asked() == ["order"]
    talk.take(Answer({"order": "R-1"}))
    assert talk.one(Do).arguments == {"number": "R-1", "customer": "c-1"}
    talk.succeed({"status": "delivered"})
    assert talk.one(Confirm).text == "Shall I send a courier for R-1?"
    talk.agree()
    talk.succeed()
    talk.take(Answer({"reason": "late"}))
    assert talk.one(Confirm).arguments == {"number": "R-1", "reason": "late", "customer": "c-1"}
    talk.agree()
    talk.succeed({"amount": 12.5})

    assert talk.said() == ["Done, 12.50 comes back."]
    assert talk.one(Ended).outcome == "done"
    assert talk.done() == ["shop.order", "shop.reserve", "shop.refund"]
    assert talk.state.frames == []


def test_what_was_said_at_the_start_is_not_asked_again() -> None:
    talk = known()

    talk.take(Begin("refund", {"order": "R-1", "reason": "late"}))

    assert talk.one(Do).action == "shop.order"
    assert not talk.has(Ask)


def test_a_stranger_is_identified_by_the_procedure_for_it_before_anything_else() -> None:
    talk = Conversation(library(REFUND, IDENTIFY))

    talk.take(Begin("refund", {"order": "R-1"}))
    assert talk.asked() == ["email"]
    talk.take(Answer({"email": "anna@example.com"}))
    talk.succeed({"id": "c-1"}, identified=ANNA)

    assert talk.one(Do).action == "shop.order"
    assert talk.state.customer == {"id": "c-1"}


def test_whoever_is_not_found_is_handed_over_and_nothing_is_looked_up() -> None:
    talk = Conversation(library(REFUND, IDENTIFY))
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.take(Answer({"email": "nobody@example.com"}))

    talk.fail("unknown")

    assert talk.one(HandOver).reason == "identity"
    assert talk.done() == ["shop.find_customer"]


def test_an_action_that_does_not_verify_identifies_nobody() -> None:
    talk = Conversation(library(REFUND, IDENTIFY, identify=None))
    talk.take(Begin("refund", {"order": "R-1"}))
    assert talk.one(Identify).level == "verified"

    talk.take(Identified("known", {"id": "c-1"}))

    assert talk.one(HandOver).reason == "identity"
    assert talk.done() == []


def test_a_verified_customer_stays_who_they_are() -> None:
    talk = known()

    talk.take(Identified("verified", {"id": "c-2"}))

    assert talk.state.customer == {"id": "c-1"}


def test_a_no_ends_the_procedure_and_does_nothing() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})

    talk.agree(agreed=False)

    assert talk.one(Ended).outcome == "declined"
    assert talk.done() == ["shop.order"]


def test_a_confirmation_of_something_else_counts_for_nothing() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})

    assert talk.take(Confirmed("0" * 32, agreed=True)) == []
    assert talk.done() == ["shop.order"]


def test_changed_arguments_need_a_new_confirmation() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})
    first = talk.one(Confirm)

    talk.take(Answer({"order": "R-2"}))
    talk.succeed({"status": "delivered"})
    second = talk.one(Confirm)
    talk.take(Confirmed(first.digest, agreed=True))
    assert "shop.reserve" not in talk.done()
    talk.take(Confirmed(second.digest, agreed=True))

    assert talk.one(Do).arguments == {"number": "R-2"}


def test_a_correction_goes_back_to_what_depends_on_it_and_keeps_the_rest() -> None:
    talk = known()
    until_reason(talk)
    talk.take(Answer({"reason": "late"}))
    assert talk.has(Confirm)

    talk.take(Answer({"reason": "damaged"}))

    assert talk.one(Confirm).arguments["reason"] == "damaged"
    assert talk.done().count("shop.reserve") == 1


def test_an_action_that_was_done_is_undone_before_a_correction_goes_past_it() -> None:
    talk = known()
    until_reason(talk)

    talk.take(Answer({"order": "R-2"}))
    assert talk.one(Confirm).action == "shop.release"
    assert talk.one(Confirm).arguments == {"number": "R-1"}
    talk.agree()
    talk.succeed()

    assert talk.one(Do).action == "shop.order"
    assert talk.one(Do).arguments["number"] == "R-2"


def test_what_cannot_be_undone_is_handed_over_when_it_is_corrected() -> None:
    talk = known(
        REFUND.replace("    undo:\n      do: shop.release\n      with: {number: =order}\n", "")
    )
    until_reason(talk)

    talk.take(Answer({"order": "R-2"}))

    assert talk.one(HandOver).reason == "corrected"
    assert talk.one(Ended).left == ("shop.reserve",)


def test_an_action_that_a_correction_does_not_touch_is_not_done_twice() -> None:
    independent = """
format: 1
id: two
name: Two things
identity: verified
slots:
  colour: {kind: text, ask: Which colour?}
steps:
  - ask: colour
  - do: shop.reserve
    with: {number: R-9}
    confirm: A courier?
  - do: shop.refund
    with: {number: R-9, reason: =colour}
    confirm: Refund for {colour}?
"""
    talk = known(independent)
    talk.take(Begin("two", {"colour": "red"}))
    talk.agree()
    talk.succeed()

    talk.take(Answer({"colour": "blue"}))

    assert talk.one(Confirm).arguments["reason"] == "blue"
    assert talk.done() == ["shop.reserve"]


def test_a_correction_during_an_action_waits_for_it() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    look = talk.one(Do)

    assert talk.take(Answer({"order": "R-2"})) == []
    talk.take(Done(look.key, {"status": "delivered"}))

    assert talk.one(Do).arguments["number"] == "R-2"


def test_calling_off_undoes_last_things_first_and_says_what_the_procedure_says() -> None:
    talk = known()
    until_reason(talk)

    talk.take(Cancelled())
    assert talk.one(Confirm).action == "shop.release"
    talk.agree()
    talk.succeed()

    assert talk.said() == ["It is all called off."]
    assert talk.one(Ended).outcome == "cancelled"
    assert talk.one(Ended).left == ()


def test_calling_off_during_an_action_waits_for_it() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})
    talk.agree()
    reserve = talk.one(Do)

    assert talk.take(Cancelled()) == []
    talk.take(Done(reserve.key))

    assert talk.one(Confirm).action == "shop.release"


def test_a_digression_comes_back_to_the_question_that_was_open() -> None:
    talk = known()
    talk.take(Begin("refund"))

    talk.take(Begin("hours"))
    assert talk.asked() == ["place"]
    talk.take(Answer({"place": "Bremen"}))

    assert talk.said() == ["The shop in Bremen is open till six."]
    assert talk.one(Ended).procedure == "hours"
    assert talk.asked() == ["order"]


def test_a_digression_while_confirming_asks_again_and_agrees_to_nothing() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))
    talk.succeed({"status": "delivered"})
    before = talk.one(Confirm)

    talk.take(Begin("hours", {"place": "Bremen"}))

    assert talk.one(Confirm).digest == before.digest
    assert talk.done() == ["shop.order"]


def test_three_answers_that_tell_nothing_lead_to_a_person() -> None:
    talk = known()
    talk.take(Begin("refund"))

    talk.take(Answer())
    assert talk.one(Ask).slots[0].again
    talk.take(Answer())
    talk.take(Answer())

    assert talk.one(HandOver).reason == "unanswered"


def test_a_value_that_the_check_refuses_is_told_and_asked_again() -> None:
    talk = known()
    talk.take(Begin("refund"))

    talk.take(Answer({"order": "R-0"}))

    assert talk.said() == ["There is no order R-0."]
    assert talk.asked() == ["order"]


def test_a_choice_that_is_none_is_not_taken() -> None:
    talk = known()
    until_reason(talk)

    talk.take(Answer({"reason": "because"}))

    assert talk.asked() == ["reason"]


def test_a_value_of_another_kind_is_not_taken_whoever_sends_it() -> None:
    talk = known()
    talk.take(Begin("refund"))

    talk.take(Answer({"order": {"$ne": ""}}))

    assert talk.asked() == ["order"]


def test_where_an_action_fails_its_own_steps_follow() -> None:
    talk = known()
    talk.take(Begin("refund", {"order": "R-1"}))

    talk.fail("not found")

    assert talk.said() == ["I cannot find R-1."]
    assert talk.one(Ended).outcome == "done"


def test_a_person_agrees_where_the_workspace_wants_it() -> None:
    talk = known(REFUND, IDENTIFY, approved=frozenset({"shop.refund"}))
    until_reason(talk)
    talk.take(Answer({"reason": "late"}))
    talk.agree()
    assert talk.one(Approve).arguments["number"] == "R-1"
    assert "shop.refund" not in talk.done()

    talk.take(Approved(agreed=True))

    assert talk.one(Do).action == "shop.refund"


def test_a_person_who_refuses_is_told_to_nobody_as_done() -> None:
    talk = known(REFUND, IDENTIFY, approved=frozenset({"shop.refund"}))
    until_reason(talk)
    talk.take(Answer({"reason": "late"}))
    talk.agree()

    talk.take(Approved(agreed=False))

    assert talk.one(HandOver).reason == "failed"
    assert "shop.refund" not in talk.done()


WAITING = """
format: 1
id: waiting
name: Waiting
steps:
  - wait: 3 days
  - wait: {event: parcel.arrived, where: event.number == 'R-1'}
    at_most: 2 hours
    as: parcel
    otherwise:
      - say: It did not come.
      - go: end
  - approve: The parcel {parcel.number} came.
    at_most: 1 hour
    otherwise:
      - say: Nobody said yes.
      - go: end
  - say: Agreed.
"""


def test_a_run_goes_on_after_days_and_by_an_event() -> None:
    talk = known(WAITING)
    talk.take(Begin("waiting"))
    assert (talk.one(Wait).until - NOW).days == 3
    assert talk.take(Due()) == []

    talk.later(days=3)
    talk.take(Due())
    assert talk.take(Event("parcel.arrived", {"number": "R-2"})) == []
    talk.take(Event("parcel.arrived", {"number": "R-1"}))
    assert talk.one(Approve).note == "The parcel R-1 came."
    talk.take(Approved(agreed=True))

    assert talk.said() == ["Agreed."]


def test_what_does_not_come_in_time_leads_aside() -> None:
    talk = known(WAITING)
    talk.take(Begin("waiting"))
    talk.later(days=3)
    talk.take(Due())

    talk.later(hours=2)
    talk.take(Due())

    assert talk.said() == ["It did not come."]


def test_another_procedure_can_run_while_one_waits_for_days() -> None:
    talk = known(WAITING, OPENING_HOURS)
    talk.take(Begin("waiting"))

    talk.take(Begin("hours", {"place": "Bremen"}))

    assert talk.one(Say).text == "The shop in Bremen is open till six."
    talk.later(days=3)
    talk.take(Due())
    assert talk.has(Wait)


def test_a_called_procedure_gives_back_what_it_learnt() -> None:
    caller = """
format: 1
id: caller
name: Caller
steps:
  - call: hours
    with: {place: Bremen}
    as: asked
  - say: You asked for {asked.place}.
"""
    talk = known(caller, OPENING_HOURS)

    talk.take(Begin("caller"))

    assert talk.said()[-1] == "You asked for Bremen."
    assert [it.procedure for it in talk.effects if isinstance(it, Ended)] == ["caller"]


def test_a_loop_that_asks_nobody_ends_with_a_person() -> None:
    loop = "format: 1\nid: loop\nname: Loop\nsteps:\n  - name: again\n    say: Hi\n  - go: again\n"
    talk = known(loop)

    talk.take(Begin("loop"))

    assert talk.one(HandOver).reason == "limit"


def test_a_formula_that_fails_ends_with_a_person() -> None:
    bad = "format: 1\nid: bad\nname: Bad\nsteps:\n  - say: '{1 / 0}'\n"
    talk = known(bad)

    talk.take(Begin("bad"))

    assert talk.one(HandOver).reason == "failed"


def test_a_run_stays_with_the_version_it_began_with() -> None:
    old, new = library(REFUND, IDENTIFY), library(REFUND.replace("Why?", "What for?"), IDENTIFY)
    talk = Conversation(old)
    talk.take(ANNA)
    talk.take(Begin("refund", {"order": "R-1"}))
    began = old.programs["refund"]

    talk.library = library(
        REFUND.replace("Why?", "What for?"), IDENTIFY, earlier={began.version: began}
    )
    talk.succeed({"status": "delivered"})
    talk.agree()
    talk.succeed()
    assert talk.one(Ask).slots[0].question == "Why?"

    talk.library = new
    talk.take(Answer())
    assert talk.one(HandOver).reason == "failed"


def test_the_open_question_is_known_from_the_state_alone() -> None:
    talk = known()
    assert open_question(talk.library, talk.state, talk.now) is None
    talk.take(Begin("refund"))
    assert open_question(talk.library, talk.state, talk.now) == talk.one(Ask)

    talk.take(Answer({"order": "R-1"}))
    talk.succeed({"status": "delivered"})

    assert open_question(talk.library, talk.state, talk.now) == talk.one(Confirm)


def test_too_many_runs_of_one_conversation_lead_to_a_person() -> None:
    talk = known()

    for _ in range(9):
        talk.take(Begin("hours"))

    assert talk.one(HandOver).reason == "limit"
