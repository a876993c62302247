"""Which model a process uses, and how it reaches the one it used before."""

from rapport.inference.embedders import KnownEmbedders
from rapport.inference.minilm import MiniLM
from rapport.inference.openai_embeddings import Endpoint
from rapport.kernel import egress

FIRST = Endpoint(base_url="https://one.example/v1", model="small", api_key="sk-first")
SECOND = Endpoint(base_url="https://two.example/v1", model="small")


def known(local: MiniLM | None, endpoint: Endpoint | None) -> KnownEmbedders:
    return KnownEmbedders(local, endpoint, egress.client)


def test_an_endpoint_goes_before_the_model_on_the_disk(minilm: MiniLM) -> None:
    both = known(minilm, FIRST).wanted
    local = known(minilm, None).wanted

    assert both is not None
    assert local is not None
    assert (both.name, local.name) == ("small@one.example/v1", minilm.name)
    assert known(None, None).wanted is None


def test_an_endpoint_of_before_is_reached_by_its_description(minilm: MiniLM) -> None:
    description = known(minilm, FIRST).describe("small@one.example/v1")
    now = known(minilm, SECOND)

    reached = now.open("small@one.example/v1", description)

    assert reached is not None
    assert reached.name == "small@one.example/v1"
    assert now.open("small@one.example/v1", description) is reached
    assert "sk-first" in description


def test_the_model_on_the_disk_needs_no_description(minilm: MiniLM) -> None:
    now = known(minilm, FIRST)

    found = now.open(minilm.name, now.describe(minilm.name))

    assert found is not None
    assert (found.name, now.describe(minilm.name)) == (minilm.name, "")


def test_what_cannot_be_reached_any_more_is_none(minilm: MiniLM) -> None:
    now = known(None, SECOND)

    assert now.open(minilm.name, "") is None
    assert now.open("large@elsewhere/v1", '{"an": "older form"}') is None
