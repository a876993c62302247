"""Server-sent events (WHATWG HTML, section 9.2), as far as models send them."""

from collections.abc import AsyncIterator

import httpx


async def data_of(response: httpx.Response) -> AsyncIterator[str]:
    """The data of each event, in order; one that the connection cut is left out."""
    lines: list[str] = []
    async for line in response.aiter_lines():
        if not line:
            if lines:
                yield "\n".join(lines)
            lines = []
        elif line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
