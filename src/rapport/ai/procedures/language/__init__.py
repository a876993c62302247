"""Procedures as files: what they may say, and what is wrong with one. No database, no clock."""

from rapport.ai.procedures.language.catalogue import ActionSpec, Catalogue
from rapport.ai.procedures.language.errors import ProcedureInvalid
from rapport.ai.procedures.language.files import Document, read, read_catalogue
from rapport.ai.procedures.language.formulas import FormulaInvalid
from rapport.ai.procedures.language.procedure import Procedure, Slot, When
from rapport.ai.procedures.language.reckoning import FormulaFailed

__all__ = [
    "ActionSpec",
    "Catalogue",
    "Document",
    "FormulaFailed",
    "FormulaInvalid",
    "Procedure",
    "ProcedureInvalid",
    "Slot",
    "When",
    "read",
    "read_catalogue",
]
