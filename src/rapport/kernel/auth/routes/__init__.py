"""Everything under `/v1` about signing in, people, keys, teams, audit and the workspace."""

from fastapi import APIRouter

from rapport.kernel.auth.routes import (
    access,
    api_keys,
    audit,
    invitations,
    me,
    members,
    sessions,
    teams,
    workspace,
)

router = APIRouter()
for part in (access, sessions, me, members, invitations, api_keys, teams, audit, workspace):
    for routes in part.routers:
        router.include_router(routes)
