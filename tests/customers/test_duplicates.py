from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers import service as customers
from rapport.customers.duplicates import service as duplicates
from rapport.customers.duplicates.keys import Traits, keys_of, outline
from rapport.customers.duplicates.scoring import LEAST, compare
from rapport.customers.duplicates.settings import Duplicates
from rapport.customers.errors import CustomersTheSame, SuggestionDecided, SuggestionNotFound
from rapport.customers.listeners import look_for_duplicates
from rapport.customers.models import Customer
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from rapport.kernel.settings import workspace as workspace_settings
from tests.conftest import Begin

WORDS = st.sampled_from(
    ["Ada Lovelace", "Ada Lovelase", "Lovelace, Ada", "Bob", "", "Grace Hopper"]
)
MAILS = st.sets(
    st.sampled_from(
        [
            "ada.lovelace@gmail.com",
            "adalovelace@gmail.com",
            "ada.lovelace+shop@acme.example",
            "ada.lovelace@acme.example",
            "info@acme.example",
        ]
    )
)


def somebody(name: str = "", emails: dict[str, bool] | None = None, **more: object) -> Traits:
    return Traits(new_id(), name=name, emails=emails or {}, **more)  # type: ignore[arg-type]


async def look(begin: Begin) -> None:
    """Have the reader handle the whole log."""
    async with begin(SYSTEM) as ctx:
        records = await log.of_workspace(ctx, log.BEGINNING, limit=5_000)
        wanted = {"created", "updated", "identity_added", "identity_changed", "merged", "unmerged"}
        await look_for_duplicates(
            ctx, [r for r in records if r.name.removeprefix("customers.") in wanted]
        )


async def of(begin: Begin, customer: Customer) -> list[tuple[UUID, float, list[str]]]:
    """Whom a customer may be, how likely, and why."""
    async with begin() as ctx:
        found = await duplicates.of(ctx, customer.id)
    return [
        (
            next(c.id for c in one.customers if c.id != customer.id),
            one.score,
            [reason.code for reason in one.reasons],
        )
        for one in found
    ]


async def person(ctx: Ctx, name: str, email: str | None = None, **more: object) -> Customer:
    customer = await customers.create(ctx, name=name)
    patch = CustomerPatch.model_validate({"email": email, **more})
    return await customers.update(ctx, customer.id, patch)


@given(one=st.tuples(WORDS, MAILS), other=st.tuples(WORDS, MAILS), differ=st.booleans())
def test_a_score_is_a_probability_the_same_either_way_round_and_has_reasons(
    one: tuple[str, set[str]], other: tuple[str, set[str]], differ: bool
) -> None:
    external = [frozenset({"1"}), frozenset({"2"})] if differ else [frozenset[str]()] * 2
    first = somebody(one[0], dict.fromkeys(one[1], True), external=external[0])
    second = somebody(other[0], dict.fromkeys(other[1], True), external=external[1])

    likeness, reversed_ = compare(first, second), compare(second, first)

    assert likeness == reversed_
    assert 0 <= likeness.score <= 1
    assert bool(likeness.score) == any(r.weight > 0 for r in likeness.reasons)
    assert not (differ and likeness.is_verified)


@given(one=st.tuples(WORDS, MAILS), other=st.tuples(WORDS, MAILS))
def test_whoever_would_be_suggested_is_found_by_a_key(
    one: tuple[str, set[str]], other: tuple[str, set[str]]
) -> None:
    first = somebody(one[0], dict.fromkeys(one[1], False))
    second = somebody(other[0], dict.fromkeys(other[1], False))

    if compare(first, second).score >= LEAST:
        assert keys_of(first) & keys_of(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            somebody("Ada Lovelace", {"ada.lovelace@gmail.com": False}),
            somebody("", {"adalovelace+x@googlemail.com": False}),
        ),
        (
            somebody("Ada Lovelace", {"ada@acme.example": False}),
            somebody("Lovelace, Ada", {"lovelace@acme.example": False}),
        ),
        (
            somebody("Meyer Anna", {"anna.meyer@web.de": False}),
            somebody("Anna Meier", {"annameyer@gmx.de": False}),
        ),
        (somebody(phones={"+49301": False}), somebody(phones={"+49301": True})),
    ],
)
def test_the_same_person_in_two_forms_is_suggested(one: Traits, other: Traits) -> None:
    assert compare(one, other).score >= LEAST
    assert keys_of(one) & keys_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            somebody("Ada Lovelace", {"ada@acme.example": False}),
            somebody("Bob Babbage", {"bob@acme.example": False}),
        ),
        (somebody("Ada Lovelace"), somebody("Ada Lovelace")),
        (somebody("Visitor 4F2A"), somebody("Visitor 4F2A")),
        (
            somebody("Ada", {"us@acme.example": True}, shared=frozenset({"us@acme.example"})),
            somebody("Bob", {"us@acme.example": False}),
        ),
    ],
)
def test_colleagues_namesakes_and_families_are_not(one: Traits, other: Traits) -> None:
    assert compare(one, other).score < LEAST


def test_two_names_of_the_workspaces_own_are_never_sure() -> None:
    mail = {"ada@acme.example": True}

    same = compare(somebody(emails=mail), somebody(emails=mail))
    differing = compare(
        somebody(emails=mail, external=frozenset({"1"})),
        somebody(emails=mail, external=frozenset({"2"})),
    )

    assert same.is_verified
    assert not differing.is_verified
    assert differing.score < same.score
    assert "different_external_ids" in [reason.code for reason in differing.reasons]


def test_misspelt_names_have_one_outline() -> None:
    assert outline("meyer") == outline("meier") == outline("maier")
    assert outline("schmidt") == outline("schmitt") or outline("philipp") == outline("filip")


async def test_who_may_be_one_person_is_suggested_with_reasons(begin: Begin) -> None:
    async with begin() as ctx:
        one = await person(ctx, "Ada Lovelace", "ada.lovelace@gmail.com")
        other = await person(ctx, "Ada Lovelace", "adalovelace+shop@gmail.com")
        await person(ctx, "Somebody Else", "else@gmail.com")

    await look(begin)

    ((who, score, why),) = await of(begin, one)
    assert who == other.id
    assert score > 0.8
    assert why == ["same_mailbox", "same_name"]
    async with begin() as ctx:
        page = await duplicates.page(ctx)
    assert [it.score for it in page.items] == [score]


async def test_what_speaks_for_it_no_more_is_withdrawn(begin: Begin) -> None:
    async with begin() as ctx:
        one = await person(ctx, "Ada Lovelace", "ada@acme.example")
        other = await person(ctx, "Ada Lovelace", "ada2@acme.example")
    await look(begin)
    assert await of(begin, one)

    async with begin() as ctx:
        await customers.update(ctx, other.id, CustomerPatch(name="Bob Babbage"))
    await look(begin)

    assert await of(begin, one) == []


async def test_what_was_dismissed_does_not_come_back(begin: Begin) -> None:
    async with begin() as ctx:
        one = await person(ctx, "Ada Lovelace", "ada@acme.example")
        await person(ctx, "Ada Lovelace", "ada2@acme.example")
    await look(begin)

    async with begin() as ctx:
        (found,) = await duplicates.of(ctx, one.id)
        assert (await duplicates.dismiss(ctx, found.id)).state == "dismissed"
    await look(begin)

    assert await of(begin, one) == []
    async with begin() as ctx:
        with pytest.raises(SuggestionDecided):
            await duplicates.accept(ctx, found.id, one.id)


async def test_an_accepted_suggestion_merges_and_separating_them_dismisses_it(
    begin: Begin,
) -> None:
    async with begin() as ctx:
        one = await person(ctx, "Ada Lovelace", "ada@acme.example")
        other = await person(ctx, "Ada Lovelace", "ada2@acme.example")
    await look(begin)

    async with begin() as ctx:
        (found,) = await duplicates.of(ctx, one.id)
        with pytest.raises(CustomersTheSame):
            await duplicates.accept(ctx, found.id, new_id())
        survivor = await duplicates.accept(ctx, found.id, other.id)
        assert survivor.id == other.id
        assert (await customers.get(ctx, one.id)).id == other.id
    await look(begin)
    async with begin() as ctx:
        await customers.unmerge(ctx, one.id)
    await look(begin)

    assert await of(begin, one) == []


async def test_a_key_that_many_have_suggests_nobody(begin: Begin) -> None:
    async with begin() as ctx:
        people = [await person(ctx, "", "info@acme.example") for _ in range(25)]

    await look(begin)

    assert await of(begin, people[-1]) == []


async def test_by_rule_only_what_is_proved_for_both_is_merged(begin: Begin) -> None:
    async with begin() as ctx:
        await workspace_settings.update(ctx, Duplicates, {"automatic": True})
        proved = await customers.find_or_create_by_identity(
            ctx, "email", "ada.l@gmail.com", name="Ada", verified=True
        )
        again = await customers.find_or_create_by_identity(
            ctx, "email", "adal+shop@gmail.com", verified=True
        )
        claimed = await customers.find_or_create_by_identity(ctx, "email", "a.dal@gmail.com")

    await look(begin)

    async with begin() as ctx:
        assert (await customers.get(ctx, again.id)).id == proved.id
        assert (await customers.get(ctx, claimed.id)).id == claimed.id
        (merge,) = await customers.merges(ctx, proved.id)
        assert merge.rule == "rule"


async def test_by_rule_two_external_ids_stay_two_people(begin: Begin) -> None:
    async with begin() as ctx:
        await workspace_settings.update(ctx, Duplicates, {"automatic": True})
        for subject, email in (("1", "ada.l@gmail.com"), ("2", "adal@gmail.com")):
            made = await customers.find_or_create_by_identity(
                ctx, "website", subject, verified=True
            )
            await customers.add_identity(ctx, made.id, "email", email, verified=True)

    await look(begin)

    async with begin() as ctx:
        assert len((await customers.find(ctx)).items) == 2
        (suggested,) = (await duplicates.page(ctx)).items
        assert not suggested.is_verified


async def test_strangers_see_no_suggestion(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        one = await person(ctx, "Ada Lovelace", "ada@acme.example")
        await person(ctx, "Ada Lovelace", "ada2@acme.example")
    await look(begin)
    async with begin() as ctx:
        (found,) = await duplicates.of(ctx, one.id)

    async with begin(workspace_id=stranger) as ctx:
        assert (await duplicates.page(ctx)).items == []
        with pytest.raises(SuggestionNotFound):
            await duplicates.dismiss(ctx, found.id)
