"""Row 20: no header says who somebody is; only a session, a key or a visitor's token does."""

import httpx
import pytest
from fastapi import FastAPI

from tests.make.auth import browser
from tests.server.furniture import Furnished

CLAIMS = (
    *("x-forwarded-user", "x-remote-user", "remote-user", "x-auth-request-email", "x-user"),
    *(
        "x-forwarded-email",
        "x-webauth-user",
        "cf-access-authenticated-user-email",
        "x-original-user",
    ),
)


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.0.0.2", "203.0.113.9"])
async def test_row_20_a_header_from_anywhere_signs_nobody_in(
    app: FastAPI, furnished: Furnished, ip: str
) -> None:
    async with browser(app, ip=ip) as anybody:
        answers: dict[str, httpx.Response] = {
            name: await anybody.get("/v1/me", headers={name: furnished.owner.email})
            for name in CLAIMS
        }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        CLAIMS, 401
    )
