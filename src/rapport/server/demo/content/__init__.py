"""The texts of the demo shop Fjell & Fjord: articles, scripts and people. All invented."""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict, TypeAdapter

HERE = files(__name__)
_LANGUAGES = frozenset({"de", "no", "fr", "es", "ar"})


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Script(_Content):
    """Words for one kind of conversation; the generator chooses, fills in and puts them in time.

    Texts may contain `{placeholders}` and `[alternatives|like this]`, see `grammar`. `article` and
    `section` name the part of the help centre that answers the opening; without an article the
    assistant hands over at once. `asks` and `solves` are an agent's, `details` the customer's.
    """

    key: str
    tags: tuple[str, ...]
    openings: tuple[str, ...]
    asks: tuple[str, ...]
    details: tuple[str, ...]
    solves: tuple[str, ...]
    article: str = ""
    section: str = ""
    notes: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    team: str = "Customer care"
    weight: int = 3
    is_urgent: bool = False
    is_business: bool = False

    @property
    def locale(self) -> str:
        """The language it is written in: the part of its key before the first underscore, or en."""
        prefix = self.key.split("_", 1)[0]
        return {"no": "nb"}.get(prefix, prefix) if prefix in _LANGUAGES else "en"

    @property
    def topic(self) -> str:
        """What it is about, in two or three words."""
        key = self.key if self.locale == "en" else self.key.split("_", 1)[1]
        return key.replace("_", " ")


class Collection(_Content):
    """A shelf of the help centre."""

    slug: str
    name: str
    description: str


class Tag(_Content):
    """A tag and its colour."""

    name: str
    colour: str


class Intent(_Content):
    """Something that messages are about; conversations with its tag are examples of it."""

    name: str
    tag: str
    description: str


class Macro(_Content):
    """A saved reply."""

    name: str
    body: str


class Shop(_Content):
    """What the shop has besides articles, scripts and people: its shelves, tags, small talk."""

    collections: tuple[Collection, ...]
    tags: tuple[Tag, ...]
    intents: tuple[Intent, ...]
    macros: tuple[Macro, ...]
    greetings: tuple[str, ...]
    sign_offs: tuple[str, ...]
    thanks: tuple[str, ...]
    not_enough: tuple[str, ...]
    agent_hellos: tuple[str, ...]
    agent_goodbyes: tuple[str, ...]
    general_notes: tuple[str, ...]


class Agent(_Content):
    """A colleague. `share` is how much of the work they do, as a weight."""

    name: str
    email: str
    role: str
    team: str
    share: float


class Region(_Content):
    """A language region: how people are called there and where they live."""

    locale: str
    timezone: str
    weight: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    cities: tuple[str, ...]


class People(_Content):
    """Who works for the shop, who buys from it, and what."""

    regions: tuple[Region, ...]
    companies: tuple[str, ...]
    products: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[Agent, ...]


class Article(_Content):
    """A help article: Markdown, with the slugs of itself and of its collection."""

    locale: str
    collection: str
    slug: str
    title: str
    summary: str
    body: str


@cache
def shop() -> Shop:
    """The shop's shelves, tags, macros and small talk."""
    return Shop.model_validate(json.loads((HERE / "workspace.json").read_text("utf-8")))


@cache
def people() -> People:
    """The shop's people and products."""
    return People.model_validate(json.loads((HERE / "people.json").read_text("utf-8")))


@cache
def scripts() -> tuple[Script, ...]:
    """All kinds of conversations, in a stable order."""
    found: list[Script] = []
    for path in _sorted(HERE / "scripts", ".json"):
        found += TypeAdapter(list[Script]).validate_json(path.read_text("utf-8"))
    return tuple(found)


@cache
def articles() -> tuple[Article, ...]:
    """All help articles, in a stable order."""
    return tuple(
        _article(locale.name, collection.name, path)
        for locale in _sorted(HERE / "articles")
        for collection in _sorted(locale)
        for path in _sorted(collection, ".md")
    )


def _article(locale: str, collection: str, path: Traversable) -> Article:
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return Article(
        locale=locale,
        collection=collection,
        slug=path.name.removesuffix(".md"),
        title=fields["title"],
        summary=fields["summary"],
        body=body.strip() + "\n",
    )


def _sorted(folder: Traversable, suffix: str = "") -> list[Traversable]:
    return sorted(
        (
            p
            for p in folder.iterdir()
            if p.name.endswith(suffix) and not p.name.startswith((".", "_"))
        ),
        key=lambda p: p.name,
    )
