"""Everything under `/v1` about signing in, people, keys, teams, audit and the workspace."""

from fastapi import APIRouter

from rapport.kernel.auth.routes import (
    access,
    api_keys,
    audit,
    invitations,
    me,
    members,
    oidc,
    security,
    sessions,
    steps,
    teams,
    workspace,
)

router = APIRouter()
for part in (
    access,
    steps,
    oidc,
    sessions,
    me,
    security,
    members,
    invitations,
    api_keys,
    teams,
    audit,
    workspace,
):
    for routes in part.routers:
        router.include_router(routes)
