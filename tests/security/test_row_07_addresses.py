"""Row 7: an address that people follow is http or https, however it is disguised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rapport.kernel.cards import Link
from rapport.kernel.richtext import render
from rapport.kernel.urls import Origin, WebAddress, is_safe_link, is_web_address

SCHEMES = (
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "ftp",
    "gopher",
    "ws",
    "about",
    "view-source",
    "intent",
    "jar",
    "x-apple.systempreferences",
)
MARKS = "\t\n\r\x0b\x0c\x00\x01\x1f \u00a0\u200b\u2028\u2029\ufeff\\"
FIELDS = [TypeAdapter(field) for field in (Link, WebAddress, Origin)]


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A forbidden scheme in mixed case, with marks in front and inside that browsers skip."""
    scheme = draw(st.sampled_from(SCHEMES))
    cased = [letter.upper() if draw(st.booleans()) else letter for letter in scheme]
    at = draw(st.integers(0, len(cased)))
    cased.insert(at, draw(st.text(MARKS, max_size=2)))
    return f"{''.join(cased)}:{draw(st.sampled_from(['alert(1)', '//example.com/%0aalert(1)']))}"


@given(disguised())
def test_no_field_takes_it_and_no_text_links_to_it(url: str) -> None:
    for field in FIELDS:
        with pytest.raises(ValidationError):
            field.validate_python(url)
    assert not is_web_address(url)
    assert not is_safe_link(url)
    assert f'href="{url.split(":")[0]}' not in render(f"[here]({url}) <{url}>").lower()


@pytest.mark.parametrize("url", ["https://example.com/a?b=c#d", "http://[::1]:8080/"])
def test_ordinary_addresses_are_taken(url: str) -> None:
    assert TypeAdapter(WebAddress).validate_python(url) == url
