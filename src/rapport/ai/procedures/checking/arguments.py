"""Whether what a step gives an action is what the action takes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rapport.ai.procedures.language import Catalogue
from rapport.ai.procedures.language.parts import Path

_KINDS: Final[Mapping[str, tuple[type[Any], ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def findings(
    path: Path, action: str, given: Mapping[str, Any], catalogue: Catalogue
) -> Iterator[tuple[Path, str, str]]:
    """What does not fit: the action, its arguments' names, and plain values that it never takes."""
    spec = catalogue.get(action)
    if spec is None:
        yield (*path, "do"), "unknown_action", f"There is no action `{action}`."
        return
    for name in sorted(spec.needs - set(given)):
        yield (*path, "do"), "argument_missing", f"`{action}` needs `{name}` under `with`."
    for name, value in given.items():
        here = (*path, "with", name)
        if name in spec.bound:
            message = f"`{name}` is the customer's own and is filled in by itself; take it out."
            yield here, "argument_bound", message
        elif name not in spec.takes:
            known = ", ".join(it for it in spec.takes if it not in spec.bound) or "nothing"
            yield here, "argument_unknown", f"`{action}` takes no `{name}`; it takes: {known}."
        elif refused := _refused(value, spec.takes[name]):
            yield here, "argument_wrong", f"`{name}` {refused}"


def _refused(value: Any, schema: Mapping[str, Any]) -> str:
    """Why a plain value is none that a schema allows; empty for formulas, which come later."""
    if isinstance(value, str) and (value.startswith("=") or "{" in value):
        return ""
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        return f"is one of: {', '.join(map(str, allowed))}."
    kinds = _KINDS.get(str(schema.get("type")))
    is_other = kinds is not None and not isinstance(value, kinds)
    if is_other or (isinstance(value, bool) and kinds not in (None, (bool,))):
        return f"is to be of the type {schema['type']}."
    return ""
