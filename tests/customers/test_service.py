import asyncio
from uuid import UUID

import pytest

from rapport.customers import service as customers
from rapport.customers.errors import (
    CustomerAlreadyMerged,
    CustomerNotFound,
    CustomerNotMerged,
    CustomersTheSame,
    IdentityTaken,
)
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.context import Ctx
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.make.customers import make_customer


async def test_twenty_first_visits_at_once_are_one_customer(begin: Begin) -> None:
    async def visit() -> UUID:
        async with begin() as ctx:
            found = await customers.find_or_create_by_identity(ctx, "webchat", "browser-1")
            return found.id

    found = await asyncio.gather(*(visit() for _ in range(20)))

    async with begin() as ctx:
        listed = await customers.find(ctx)
    assert len(set(found)) == 1
    assert [it.id for it in listed.items] == [found[0]]


async def test_what_is_known_is_never_overwritten_by_a_visit(ctx: Ctx) -> None:
    first = await customers.find_or_create_by_identity(ctx, "webchat", "b", name="Ada")

    again = await customers.find_or_create_by_identity(
        ctx, "webchat", "b", name="Mallory", email="ada@example.com", verified=True
    )
    later = await customers.find_or_create_by_identity(ctx, "webchat", "b", verified=False)

    assert again.id == first.id == later.id
    assert (later.name, later.email, later.verified) == ("Ada", "ada@example.com", True)


async def test_an_address_belongs_to_one_customer(ctx: Ctx) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx, name="Bob")
    await customers.add_identity(ctx, one.id, "email", "ada@example.com", verified=True)
    await customers.add_identity(ctx, one.id, "email", "ada@example.com")

    with pytest.raises(IdentityTaken):
        await customers.add_identity(ctx, other.id, "email", "ada@example.com")

    assert one.verified


@pytest.mark.parametrize(
    "words", ["ada", "LOVE", "lace ada", "example.com", "muller", "Müller", "4930", "a"]
)
async def test_customers_are_found_by_any_part(ctx: Ctx, words: str) -> None:
    ada = await make_customer(ctx, name="Ada Müller-Lovelace")
    await customers.update(ctx, ada.id, CustomerPatch(phone="+493012345"))
    await make_customer(ctx, name="Bob", email="bob@test.invalid", locale="xx")

    found = await customers.find(ctx, words=words)

    assert ada.id in [it.id for it in found.items]
    assert len(found.items) == (1 if len(words) > 1 else len(found.items))


async def test_wildcards_in_a_search_are_only_characters(ctx: Ctx) -> None:
    await make_customer(ctx)

    assert (await customers.find(ctx, words="%%%")).items == []
    assert (await customers.find(ctx, words="a_a")).items == []


async def test_lists_come_in_pages_last_seen_first(ctx: Ctx, clock: Clock) -> None:
    made = []
    for place in range(5):
        clock.forward(minutes=place % 2)
        made.append((await make_customer(ctx, name=f"Customer {place}")).id)

    for words in ("", "customer"):
        whole = [it.id for it in (await customers.find(ctx, words=words)).items]
        first = await customers.find(ctx, words=words, limit=3)
        rest = await customers.find(ctx, words=words, limit=3, cursor=first.next)

        assert sorted(whole) == sorted(made)
        assert [it.id for it in (*first.items, *rest.items)] == whole
        assert rest.next is None


async def test_attributes_are_merged_by_key_and_null_removes_one(ctx: Ctx) -> None:
    ada = await make_customer(ctx)
    await customers.update(ctx, ada.id, CustomerPatch(attributes={"plan": "gold", "seats": 3}))

    await customers.update(ctx, ada.id, CustomerPatch(attributes={"plan": None, "vip": True}))

    assert ada.attributes == {"seats": 3, "vip": True}


async def test_customers_of_one_company_share_it_whatever_its_case(ctx: Ctx) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx)

    await customers.update(ctx, one.id, CustomerPatch(company="Acme"))
    await customers.update(ctx, other.id, CustomerPatch(company="ACME"))

    assert one.company_id == other.company_id
    assert (await customers.describe(ctx, one)).company == "Acme"


async def test_a_merged_customer_is_found_under_both_ids_with_all_addresses(ctx: Ctx) -> None:
    one = await make_customer(ctx, name="")
    other = await make_customer(ctx, name="Ada", email=None)

    survivor = await customers.merge(ctx, one.id, other.id)

    assert survivor.id == other.id
    assert (await customers.get(ctx, one.id)).id == other.id
    assert survivor.email == "ada@example.com"
    assert len((await customers.describe(ctx, survivor)).identities) == 2
    assert [it.id for it in (await customers.find(ctx)).items] == [other.id]


async def test_undoing_a_merge_puts_everything_back(ctx: Ctx) -> None:
    one = await make_customer(ctx, verified=True)
    other = await make_customer(ctx, name="Ada", email=None)
    before = [await customers.describe(ctx, it) for it in (one, other)]

    await customers.merge(ctx, one.id, other.id)
    await customers.unmerge(ctx, one.id)

    assert [await customers.describe(ctx, it) for it in (one, other)] == before


async def test_timelines_join_while_merged(ctx: Ctx) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx)
    await customers.merge(ctx, one.id, other.id)

    joined = await customers.timeline(ctx, other.id)
    await customers.unmerge(ctx, one.id)
    alone = await customers.timeline(ctx, one.id)

    assert [it.kind for it in joined.items].count("identity_added") == 2
    assert [it.kind for it in alone.items] == ["identity_added"]


async def test_impossible_merges_are_refused(ctx: Ctx) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx)

    with pytest.raises(CustomersTheSame):
        await customers.merge(ctx, one.id, one.id)
    with pytest.raises(CustomerNotFound):
        await customers.merge(ctx, one.id, new_id())
    with pytest.raises(CustomerNotMerged):
        await customers.unmerge(ctx, one.id)
    await customers.merge(ctx, one.id, other.id)
    with pytest.raises(CustomersTheSame):
        await customers.merge(ctx, other.id, one.id)
    with pytest.raises(CustomerAlreadyMerged):
        await customers.merge(ctx, one.id, (await make_customer(ctx)).id)


async def test_consent_is_given_once_and_can_be_taken_back(ctx: Ctx) -> None:
    ada = await make_customer(ctx)

    for is_granted in (True, True, False, False):
        await customers.record_consent(
            ctx, ada.id, purpose="newsletter", is_granted=is_granted, source="pre_chat_form"
        )


async def test_strangers_see_no_customer(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        ada = await make_customer(ctx)
        await customers.add_identity(ctx, ada.id, "email", "ada@example.com")

    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(CustomerNotFound):
            await customers.get(ctx, ada.id)
        assert (await customers.find(ctx)).items == []
        assert (await customers.find(ctx, words="ada")).items == []
        theirs = await customers.find_or_create_by_identity(ctx, "email", "ada@example.com")
        assert theirs.id != ada.id
