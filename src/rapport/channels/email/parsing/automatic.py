"""Whether a person wrote a mail (RFC 3834, RFC 5230, and what vendors send instead)."""

import re
from typing import Final

from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.mail import Auto, Bounce, Receipt

_REPLIES: Final = (
    "x-autoreply",
    "x-auto-reply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-respond",
    "x-mail-autoreply",
    "x-amazon-auto-reply",
    "autoresponder",
    "x-vacation",
)
_LISTS: Final = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "x-beenthere",
    "x-mailman-version",
    "x-google-group-id",
)
_MANY: Final = ("list-unsubscribe", "feedback-id", "x-campaign", "x-campaign-id", "x-campaignid")
_PRECEDENCES: Final = ("precedence", "x-precedence", "preference")
FIELDS: Final = (
    "auto-submitted",
    "x-auto-submitted",
    "x-auto-response-suppress",
    "x-loop",
    "x-post-messageclass",
    *_PRECEDENCES,
    *_REPLIES,
    *_LISTS,
    *_MANY,
)
"""Every field that is looked at here."""

_NO: Final = frozenset({"", "no", "0", "false", "none"})
_SUPPRESSED: Final = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)
_REPLY_SUBJECT: Final = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|out of (?:the )?office|"
    r"autoreply|on vacation|automatische antwort|abwesenheits|réponse automatique|"
    r"absence du bureau|respuesta automática|fuera de (?:la )?oficina|risposta automatica|"
    r"fuori sede|automatisch antwoord|automatisk svar|automatiskt svar|autosvar|"
    r"resposta automática|odpowiedź automatyczna|automatická odpověď|automatikus válasz|"
    r"otomatik yan.t|автоматический ответ|автоответ|自動回复|自动答复|自動応答|자동 회신)",
    re.IGNORECASE,
)


def judge(head: Headers, subject: str, bounce: Bounce | None, receipt: Receipt | None) -> Auto:
    """What sent this mail, if not a person, and by which sign; the most telling one counts."""
    if bounce is not None:
        return Auto("bounce", "delivery report")
    if receipt is not None:
        return Auto("receipt", "disposition notification")
    return _reply(head, subject) or _list(head) or _bulk(head) or Auto(None, "")


def _submitted(head: Headers) -> str:
    value = head.get("auto-submitted") or head.get("x-auto-submitted")
    return re.split(r"[\s;(]", value.lower().strip(), maxsplit=1)[0]


def _precedence(head: Headers) -> str:
    return next((v.lower() for name in _PRECEDENCES if (v := head.get(name))), "")


def _reply(head: Headers, subject: str) -> Auto | None:
    submitted = _submitted(head)
    says_so = _REPLY_SUBJECT.match(subject) is not None
    if submitted.startswith("auto-replied") or submitted == "vacation":
        return Auto("reply", "auto-submitted")
    for name in _REPLIES:
        if head.get(name).lower() not in _NO:
            return Auto("reply", name)
    if _precedence(head).replace("-", "_") in {"auto_reply", "autoreply"}:
        return Auto("reply", "precedence")
    if head.get("x-post-messageclass").startswith("9"):
        return Auto("reply", "x-post-messageclass")
    if any(to.strip("<> ").lower() == "autoresponder" for to in head.all("delivered-to")):
        return Auto("reply", "delivered-to")
    if submitted.startswith("auto-generated") and (says_so or head.get("in-reply-to")):
        return Auto("reply", "auto-submitted")
    return Auto("reply", "subject") if says_so else None


def _list(head: Headers) -> Auto | None:
    for name in _LISTS:
        if head.get(name):
            return Auto("list", name)
    return Auto("list", "precedence") if _precedence(head) == "list" else None


def _bulk(head: Headers) -> Auto | None:
    if _precedence(head) in {"bulk", "junk"}:
        return Auto("bulk", "precedence")
    if _submitted(head) not in _NO:
        return Auto("bulk", "auto-submitted")
    if _SUPPRESSED.search(head.get("x-auto-response-suppress")):
        return Auto("bulk", "x-auto-response-suppress")
    for name in _MANY:
        if head.get(name):
            return Auto("bulk", name)
    if "".join(head.get("return-path").split()) == "<>":
        return Auto("reply", "return-path")
    return None
