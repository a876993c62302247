import json
import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI

from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import health
from rapport.kernel.telemetry.health import Check, Schema
from rapport.kernel.telemetry.logs import configure_logging
from rapport.kernel.telemetry.middleware import Observed
from rapport.kernel.telemetry.redaction import redact, redact_text
from rapport.kernel.telemetry.routes import router
from rapport.kernel.telemetry.tracing import Tracing
from rapport.server.migrate import SCRIPTS


@pytest.fixture
def app(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router)
    things = APIRouter(prefix="/things")

    @things.get("/{thing_id}")
    async def get_thing(thing_id: str) -> dict[str, str]:
        structlog.get_logger("test").warning("thing_read", thing=thing_id)
        return {"id": thing_id}

    app.include_router(things)
    app.include_router(things, prefix="/v1")
    return app


def caller(app: FastAPI, ip: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Observed(app), client=(ip, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://rapport.test")


@pytest.fixture
async def local(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with caller(app, "127.0.0.1") as client:
        yield client


@pytest.fixture
def json_logs(settings: Settings) -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = StringIO()
    configure_logging(settings.model_copy(update={"log_format": "json"}), written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_process_that_runs_is_live(local: httpx.AsyncClient) -> None:
    assert (await local.get("/health/live")).json() == {"live": True}


async def test_ready_says_what_it_looked_at(local: httpx.AsyncClient, database: Database) -> None:
    database.ports.provide(Schema, Schema(SCRIPTS))

    answer = await local.get("/health/ready")

    assert answer.status_code == 200
    checks = answer.json()["checks"]
    assert {"database", "schema", "log"} <= set(checks)
    assert checks["schema"]["values"]["revision"]
    assert checks["log"]["values"]["lag_s"] >= 0


async def test_a_failing_check_makes_us_not_ready(local: httpx.AsyncClient) -> None:
    async def broken(_: Database) -> Check:
        raise RuntimeError("postgresql://user:hunter2@host")

    health.register("testing", broken)
    try:
        answer = await local.get("/health/ready")
    finally:
        health._checks.pop("testing")

    assert answer.status_code == 503
    assert answer.json()["checks"]["testing"]["ok"] is False
    assert "hunter2" not in answer.text


async def test_requests_are_counted_by_template_and_not_by_address(
    local: httpx.AsyncClient,
) -> None:
    await local.get("/things/very-particular-id")
    await local.get("/v1/things/very-particular-id")
    await local.get("/nowhere/very-particular-id")

    text = (await local.get("/metrics")).text

    assert 'route="/things/{thing_id}",status="2xx"' in text
    assert 'route="/v1/things/{thing_id}",status="2xx"' in text
    assert "very-particular-id" not in text


@pytest.mark.parametrize(
    ("ip", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.1", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.1"}, 403),
        ("192.0.2.1", {"authorization": "Bearer for-prometheus"}, 200),
        ("192.0.2.1", {"authorization": "Bearer something else"}, 403),
    ],
)
async def test_metrics_are_for_this_machine_or_for_the_token(
    app: FastAPI,
    database: Database,
    settings: Settings,
    ip: str,
    headers: dict[str, str],
    status: int,
) -> None:
    token = {"metrics_token": "for-prometheus"}
    database.ports.provide(Settings, Settings(**{**settings.model_dump(), **token}))
    async with caller(app, ip) as client:
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status


async def test_each_answer_carries_the_id_that_the_log_lines_have(
    local: httpx.AsyncClient, json_logs: StringIO
) -> None:
    answer = await local.get("/things/7")

    [line] = [json.loads(one) for one in json_logs.getvalue().splitlines() if "thing" in one]
    assert line["event"] == "thing_read"
    assert line["request_id"] == answer.headers["x-request-id"]


async def test_an_id_from_a_proxy_is_kept_if_it_is_harmless(local: httpx.AsyncClient) -> None:
    kept = await local.get("/health/live", headers={"x-request-id": "trace-12345678"})
    replaced = await local.get("/health/live", headers={"x-request-id": "a b\tc" * 20})

    assert kept.headers["x-request-id"] == "trace-12345678"
    assert " " not in replaced.headers["x-request-id"]


def test_logs_hold_no_secret(json_logs: StringIO) -> None:
    log = structlog.get_logger("test")
    variable = "hunter2-in-a-variable"
    try:
        raise ValueError("postgresql://user:hunter2-in-a-url@db/x")
    except ValueError:
        log.exception(
            "failed", password="hunter2", headers={"Authorization": "Bearer hunter2-long"}
        )
    logging.getLogger("library").warning("GET /reset?token=hunter2-in-a-query HTTP/1.1")
    log.warning("note", text="rk_0123abcd_hunter2", nested=[{"api_key": "hunter2"}])

    written = json_logs.getvalue()
    assert variable
    assert "hunter2" not in written
    assert written.count("[redacted]") >= 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing to hide", "nothing to hide"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("https://x/y#token=abcdefghijkl", "https://x/y#token=[redacted]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "[redacted]"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, expected: str) -> None:
    assert redact_text(text) == expected
    assert redact(None, "info", {"event": text})["event"] == expected


def test_without_an_endpoint_tracing_adds_nothing(app: FastAPI, settings: Settings) -> None:
    tracing = Tracing(settings, service="rapport-web")

    assert not tracing.enabled
    assert tracing.wrap(app) is app
    tracing.stop()
