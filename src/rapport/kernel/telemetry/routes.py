"""`/health/live`, `/health/ready` and `/metrics`: for machines that watch us."""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import problems
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import health, metrics

router = APIRouter(include_in_schema=False)


class MetricsClosed(Forbidden):
    """Metrics are for this machine, or for whoever has the metrics token."""


@router.get("/health/live")
async def live() -> JSONResponse:
    """The process runs and its loop turns."""
    return JSONResponse({"live": True}, headers={"cache-control": "no-store"})


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether requests can be answered: 200, or 503 with what is wrong."""
    report = await health.report(request.app.state.database)
    return JSONResponse(
        asdict(report), 200 if report.ready else 503, headers={"cache-control": "no-store"}
    )


@router.get("/metrics", responses=problems(MetricsClosed))
async def read_metrics(request: Request) -> Response:
    """Prometheus' text format; from this machine, or with `Authorization: Bearer <token>`."""
    database: Database = request.app.state.database
    client = request.client.host if request.client else ""
    if not may_read(database.ports.find(Settings), request.headers, client):
        raise MetricsClosed
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


def may_read(settings: Settings | None, headers: Mapping[str, str], address: str) -> bool:
    """Whether somebody may see the metrics; `headers` by their names in small letters."""
    if settings is not None and settings.metrics_token is not None:
        expected = f"Bearer {settings.metrics_token.get_secret_value()}"
        if hmac.compare_digest(headers.get("authorization", "").encode(), expected.encode()):
            return True
    # A proxy on this machine forwards for strangers, and says so.
    if "x-forwarded-for" in headers or "forwarded" in headers:
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
