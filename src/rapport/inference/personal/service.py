"""What in a text belongs to a person: found, covered before it leaves the machine, put back."""

from rapport.inference.personal.covering import Cover
from rapport.inference.personal.finding import Kind, Span, find

__all__ = ["Cover", "Kind", "Span", "find"]
