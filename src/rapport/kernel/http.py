"""The HTTP edge: one unit of work per request, and errors as problems (RFC 9457)."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.patience import DatabaseAway, is_away
from rapport.kernel.errors import Conflict, Forbidden, RapportError

log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """An error as clients see it (RFC 9457)."""

    code: str
    title: str
    status: int
    detail: str
    fields: dict[str, str] | None
    """What is wrong by the path of the field, or other particulars for programs by their name."""


def problems(*errors: type[RapportError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may raise these errors."""
    return {e.status: {"model": Problem, "description": e.title()} for e in errors}


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a request's credentials stand for, and the workspace they open."""

    workspace_id: UUID
    actor: Actor


Authenticate = Callable[[Request], Awaitable[Principal]]


def work_route(authenticate: Authenticate) -> type[APIRoute]:
    """A route class whose endpoints run in one unit of work for the authenticated principal.

    The work is committed before the response leaves, so a client that has an answer can rely on it;
    anything raised rolls all of it back.
    """

    class WorkRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            endpoint = super().get_route_handler()

            async def handle(request: Request) -> Response:
                principal = await authenticate(request)
                structlog.contextvars.bind_contextvars(
                    workspace_id=str(principal.workspace_id), actor=str(principal.actor)
                )
                database = request.app.state.database
                async with database.begin(principal.workspace_id, principal.actor) as ctx:
                    request.state.ctx = ctx
                    return await endpoint(request)

            return handle

    return WorkRoute


class Permitted:
    """A dependency: the request's `Ctx`, once the actor is known to hold a permission."""

    def __init__(self, permission: str) -> None:
        """Require `permission` of whoever calls."""
        self.permission = permission

    async def __call__(self, request: Request) -> Ctx:
        """The unit of work opened for this request."""
        ctx: Ctx = request.state.ctx
        if self.permission not in ctx.actor.permissions:
            raise Forbidden(f"This needs the permission {self.permission!r}.")
        return ctx


async def signed_in(request: Request) -> Ctx:
    """A dependency: the request's `Ctx`, whatever the actor may do."""
    ctx: Ctx = request.state.ctx
    return ctx


class Collision(Conflict):
    """Somebody else changed this at the same moment; look again and repeat it if still wanted."""


_COLLISIONS: Final = (UniqueViolation, ForeignKeyViolation)
"""What two requests at once come to after each has looked whether it may."""


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    fields: dict[str, str] | None = None,
    retry_after: int | None = None,
) -> JSONResponse:
    """A `Problem` as an HTTP answer."""
    problem = Problem(code=code, title=title, status=status, detail=detail, fields=fields)
    headers = {"cache-control": "no-store"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=PROBLEM)


def answer_error(error: RapportError) -> JSONResponse:
    """The answer to an expected refusal."""
    return problem_response(
        error.status,
        error.code,
        error.title(),
        error.detail,
        fields=error.fields,
        retry_after=error.retry_after,
    )


def refusal(error: Exception) -> RapportError | None:
    """What to answer to an error; None when it is a bug."""
    if isinstance(error, RapportError):
        return error
    if isinstance(error, IntegrityError) and isinstance(error.orig, _COLLISIONS):
        return Collision()
    return DatabaseAway() if is_away(error) else None


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error with its status and a `Problem`; a bug with a bare 500 and a traceback."""

    @app.exception_handler(RapportError)
    async def refused(_: Request, error: RapportError) -> JSONResponse:
        return answer_error(error)

    @app.exception_handler(RequestValidationError)
    async def misshapen(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = {".".join(str(part) for part in e["loc"]): e["msg"] for e in error.errors()}
        title = "The request does not fit what this address accepts."
        detail = "; ".join(f"{where}: {what}" for where, what in fields.items()) or title
        return problem_response(422, "request_invalid", title, detail, fields=fields)

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return problem_response(error.status_code, code, str(error.detail), str(error.detail))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    async def away(request: Request, error: Exception) -> JSONResponse:
        answer = refusal(error)
        if answer is None:
            return await bug(request, error)
        log.warning(answer.code, path=request.url.path, error=str(error).splitlines()[0])
        return answer_error(answer)

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", path=request.url.path, exc_info=error)
        title = "Something went wrong on our side."
        return problem_response(500, "internal_error", title, "It has been logged; try again.")
