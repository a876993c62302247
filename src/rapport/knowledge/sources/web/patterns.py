"""Patterns of paths, as robots.txt writes them: `*` for anything, `$` for the end."""


def matches(pattern: str, path: str) -> bool:
    """Whether `path` begins with what `pattern` says, or is it, when the pattern ends with `$`.

    It takes time in proportion to the product of both lengths at worst, and never goes back.
    """
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_whole or len(path) == len(first)
    at = len(first)
    last = others.pop() if is_whole else ""
    for piece in others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not is_whole or (path.endswith(last) and len(path) - len(last) >= at)
