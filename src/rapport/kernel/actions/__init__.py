"""Actions: things that may be done on somebody's behalf.

One registered function is, without another line, a tool of the assistant, a step of a rule or a
procedure, a button in the console and an entry of `POST /v1/actions/{name}`; each use is checked
against the same permission and policy, and leaves the same audit record.
"""

from rapport.kernel.actions.errors import ActionNeedsApproval, KeyReused, UnknownAction
from rapport.kernel.actions.policy import ApprovalPolicy, Verdict
from rapport.kernel.actions.registry import Action, Risk, action, registered
from rapport.kernel.actions.service import perform

__all__ = [
    "Action",
    "ActionNeedsApproval",
    "ApprovalPolicy",
    "KeyReused",
    "Risk",
    "UnknownAction",
    "Verdict",
    "action",
    "perform",
    "registered",
]
