"""What steps and slots are made of: texts, conditions, values, names."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from rapport.ai.gathering.schemas import Key
from rapport.ai.procedures.language.formulas import FormulaInvalid, parse
from rapport.ai.procedures.language.texts import Text
from rapport.ai.procedures.language.values import formulas_in

Path = tuple[str | int, ...]
"""Where something stands in a file: names of fields and places in lists."""


class Part(BaseModel):
    """A piece of a procedure; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _formula(source: str) -> str:
    try:
        parse(source)
    except FormulaInvalid as error:
        raise ValueError(str(error)) from None
    return source


def _value(value: Any) -> Any:
    try:
        list(formulas_in(value))
    except FormulaInvalid as error:
        raise ValueError(str(error)) from None
    return value


def _text(text: dict[str, str]) -> dict[str, str]:
    return {language: _value(_inserted(words)) for language, words in text.items()}


def _inserted(words: str) -> str:
    if words.startswith("="):
        raise ValueError("A text does not begin with `=`; put a formula into `{…}`.")
    return words


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Condition = Annotated[
    str,
    AfterValidator(_formula),
    Field(max_length=1_000, description="A formula: `order.status == 'pending'`."),
]
Value = Annotated[
    Any,
    AfterValidator(_value),
    Field(description="A value; `=…` is a formula, and `{…}` in a text inserts one."),
]
Said = Annotated[Text, AfterValidator(_text)]
Note = Annotated[
    str,
    AfterValidator(_inserted),
    AfterValidator(_value),
    Field(min_length=1, max_length=1_000, description="For colleagues; `{…}` inserts a value."),
]
Names = Annotated[
    list[Key],
    BeforeValidator(_listed),
    Field(min_length=1, max_length=8),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Values = dict[Key, Value]
ActionName = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_.\-]{0,119}$")]
ProcedureId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
