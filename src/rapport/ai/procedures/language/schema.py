"""The format as a JSON Schema, for editors."""

from typing import Any

from rapport.ai.procedures.language.catalogue import Catalogue
from rapport.ai.procedures.language.procedure import Procedure


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a procedure's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Procedure",
        **Procedure.model_json_schema(),
    }


def catalogue_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file of actions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Actions",
        **Catalogue.model_json_schema(),
    }
