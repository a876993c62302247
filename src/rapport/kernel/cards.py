"""Cards: what an answer or an action shows, the same on every channel.

The widget and the console draw them; other channels say them in their own way. A card is data: its
texts are plain, its links are checked, and nothing in it is ever run.
"""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rapport.kernel.urls import is_safe_link

MAX_JSON_BYTES = 64 * 1024
"""How large a chart or a map may be, written as JSON."""


def _checked(url: str) -> str:
    if not is_safe_link(url):
        raise ValueError("Only links to http, https, mailto and this server are allowed.")
    return url


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(msgspec.json.encode(value)) > MAX_JSON_BYTES:
        raise ValueError(f"At most {MAX_JSON_BYTES:,} bytes are allowed here.")
    return value


def _self_contained(spec: dict[str, Any]) -> dict[str, Any]:
    """Refuse a chart that would fetch its data: it must carry it."""
    left: list[Any] = [spec]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if "url" in part:
                raise ValueError("A chart carries its data; it may not name an address.")
            left += part.values()
        elif isinstance(part, list):
            left += part
    return spec


Scalar = Annotated[str, Field(max_length=1_000)] | int | float | bool | None
Link = Annotated[str, Field(max_length=2_048), AfterValidator(_checked)]
Data = Annotated[dict[str, Any], AfterValidator(_small)]
Chart = Annotated[Data, AfterValidator(_self_contained)]
Title = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=4_000)]


Row = Annotated[list[Scalar], Field(max_length=20)]


class Part(BaseModel):
    """What cards are made of. In answers every field is present, empty ones as null."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_serialization_defaults_required=True
    )


class Fact(Part):
    """A name and its value."""

    label: Title
    value: Scalar


class Item(Part):
    """One entry of a list or a carousel."""

    title: Title
    text: Words | None = None
    url: Link | None = None
    image_url: Link | None = None


class FormField(Part):
    """One question of a form."""

    key: Annotated[str, Field(max_length=64)]
    label: Title
    type: Annotated[str, Field(max_length=32)] = "text"
    required: bool = False


class Step(Part):
    """One thing to do."""

    title: Title | None = None
    text: Words | None = None
    done: bool = False


class Source(Part):
    """Where an answer comes from."""

    title: Title
    url: Link | None = None
    quote: Words | None = None


class TextCard(Part):
    """A paragraph."""

    kind: Literal["text"] = "text"
    title: Title | None = None
    text: Words


class FactsCard(Part):
    """Names and values, e.g. of an order."""

    kind: Literal["facts"] = "facts"
    title: Title | None = None
    facts: Annotated[list[Fact], Field(max_length=50)]


class TableCard(Part):
    """Rows and columns."""

    kind: Literal["table"] = "table"
    title: Title | None = None
    columns: Annotated[list[Title], Field(max_length=20)]
    rows: Annotated[list[Row], Field(max_length=200)]


class ListCard(Part):
    """Entries below each other."""

    kind: Literal["list"] = "list"
    title: Title | None = None
    items: Annotated[list[Item], Field(max_length=50)]


class CarouselCard(Part):
    """Entries beside each other."""

    kind: Literal["carousel"] = "carousel"
    title: Title | None = None
    items: Annotated[list[Item], Field(max_length=20)]


class FormCard(Part):
    """Questions to answer in place; `action` names what receives the answers."""

    kind: Literal["form"] = "form"
    title: Title | None = None
    fields: Annotated[list[FormField], Field(max_length=30)]
    action: Annotated[str, Field(max_length=200)] | None = None
    submit_label: Title | None = None


class ChartCard(Part):
    """A Vega-Lite chart; `alt` says what it shows."""

    kind: Literal["chart"] = "chart"
    title: Title | None = None
    alt: Words | None = None
    spec: Chart


class MapCard(Part):
    """GeoJSON on a map; `alt` says what it shows."""

    kind: Literal["map"] = "map"
    title: Title | None = None
    alt: Words | None = None
    geojson: Data


class ImageCard(Part):
    """A picture."""

    kind: Literal["image"] = "image"
    title: Title | None = None
    url: Link
    alt: Words


class FileCard(Part):
    """A file to download."""

    kind: Literal["file"] = "file"
    name: Title
    url: Link
    size_bytes: Annotated[int, Field(ge=0)] | None = None


class StepsCard(Part):
    """Things to do, one after another."""

    kind: Literal["steps"] = "steps"
    title: Title | None = None
    steps: Annotated[list[Step], Field(max_length=50)]


class SceneCard(Part):
    """A scene to look at from all sides."""

    kind: Literal["scene"] = "scene"
    title: Title | None = None
    alt: Words | None = None
    url: Link | None = None


class SourcesCard(Part):
    """The articles an answer was taken from."""

    kind: Literal["sources"] = "sources"
    sources: Annotated[list[Source], Field(max_length=20)]


Card = Annotated[
    TextCard
    | FactsCard
    | TableCard
    | ListCard
    | CarouselCard
    | FormCard
    | ChartCard
    | MapCard
    | ImageCard
    | FileCard
    | StepsCard
    | SceneCard
    | SourcesCard,
    Field(discriminator="kind"),
]
"""Any card; `kind` says which."""
