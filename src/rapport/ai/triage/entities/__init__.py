"""What a message names: numbers of orders, products, dates, amounts, and more."""

from rapport.ai.triage.entities.finding import find
from rapport.ai.triage.entities.patterns import PatternRefused, Patterns, check
from rapport.ai.triage.entities.products import Products
from rapport.ai.triage.entities.setting import Setting
from rapport.ai.triage.entities.values import Entity

__all__ = ["Entity", "PatternRefused", "Patterns", "Products", "Setting", "check", "find"]
