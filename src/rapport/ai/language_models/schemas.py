"""What the agent API says about the model that understands meanings."""

from pydantic import Field

from rapport.kernel.schemas import Out


class UnderstoodLocale(Out):
    """A language in which articles are published."""

    locale: str
    articles: int
    is_understood: bool = Field(description="Else its articles are found by their words alone.")


class EmbeddingsOut(Out):
    """The model that understands meanings, for search and the assistant."""

    model: str = Field(description="Empty where there is none: all is found by words alone.")
    place: str = Field(description="The host it runs at; empty where it is this machine.")
    locales: list[UnderstoodLocale] = Field(description="The fullest first.")
