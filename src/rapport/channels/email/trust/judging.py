"""From all that can be checked about a mail to one verdict."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.parsing.mail import Mail
from rapport.channels.email.trust import arc, authors, dkim, dmarc, providers, results, spf
from rapport.channels.email.trust.dmarc import Finding, Proof
from rapport.channels.email.trust.looking import Looking
from rapport.channels.email.trust.message import HeaderUnclear, Message, split
from rapport.channels.email.trust.results import Results
from rapport.channels.email.trust.verdict import UNKNOWN, Result, Verdict
from rapport.kernel.dns import Dns
from rapport.kernel.egress import is_public

MAX_SECONDS: Final = 20.0
_HELD_UP_S: Final = 5.0
log = structlog.get_logger()


async def judge(
    raw: bytes,
    mail: Mail,
    envelope: Envelope,
    *,
    trusted_authserv: str | None,
    dns: Dns,
    now: datetime,
) -> Verdict:
    """Who really sent the message `raw`, which was read as `mail`. Never raises.

    `trusted_authserv` is the name under which the mail server in front of us tells what it found;
    with one, the host that spoke to us is that server and says nothing about the sender. Forwarders
    are believed when they seal under that name. It may also be a provider (`providers.BY_NAME`)
    that the mail was fetched from: then only what it surely says itself counts. Works in a thread
    and asks the DNS for 20 seconds at most; what could not be asked is `temperror`, and proves
    nobody.
    """
    front = (trusted_authserv or "").strip().lower()
    unjudged = replace(UNKNOWN, domain=authors.domain_of(mail))
    try:
        async with asyncio.timeout(MAX_SECONDS + _HELD_UP_S):
            return await asyncio.to_thread(_judged, raw, mail, envelope, front, dns, now)
    except TimeoutError:
        return replace(unjudged, reasons=("took_too_long",))
    except Exception:  # no mail is lost for a header that nobody thought of
        log.exception("mail_not_judged")
        return replace(unjudged, reasons=("failed",))


def _judged(
    raw: bytes, mail: Mail, envelope: Envelope, front: str, dns: Dns, now: datetime
) -> Verdict:
    looks = authors.looks(mail)
    try:
        message = split(raw)
    except HeaderUnclear:
        return replace(UNKNOWN, domain=authors.domain_of(mail), reasons=("from_unclear", *looks))
    wrong = authors.what_is_wrong(message, mail)
    if wrong is not None:
        return replace(UNKNOWN, reasons=(wrong, *looks))
    provider = providers.BY_NAME.get(front)
    if provider is not None:
        front, said = "", providers.told(provider, message, envelope)
    else:
        said = results.by(front, mail.trace.authentication_results)
    case = _Case(
        message,
        authors.domain_of(mail),
        envelope,
        front,
        said,
        Looking(dns, seconds=MAX_SECONDS),
        now,
    )
    verdict = case.by_front() or case.by_ourselves()
    if not verdict.is_authenticated:
        verdict = case.by_forwarders(verdict)
    return replace(verdict, reasons=(*verdict.reasons, *looks))


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail whose author is clear, and what the server in front of us says about it."""

    message: Message
    domain: str
    envelope: Envelope
    front: str
    said: Results | None
    dns: Looking
    now: datetime

    def by_front(self) -> Verdict | None:
        """What the server in front of us decided, when it did."""
        if self.said is None:
            return None
        claim = self.said.only("dmarc")
        if claim is None or claim.domain("header.from") != self.domain:
            return None
        if claim.result not in {"pass", "fail"}:
            return None
        is_proved = claim.result == "pass"
        return Verdict(
            is_authenticated=is_proved,
            spf=_result(self.said, "spf"),
            dkim=_result(self.said, "dkim"),
            dmarc=claim.result,
            arc="none",
            domain=self.domain,
            by="front" if is_proved else "nobody",
            reasons=("front_says_so" if is_proved else "front_says_no",),
        )

    def by_ourselves(self) -> Verdict:
        """What DKIM, SPF and DMARC come to, with what the server in front of us found out."""
        signed = dkim.check(
            self.message,
            self.dns,
            self.now,
            is_wanted=lambda one: dmarc.is_same_people(one, self.domain),
        )
        host, bounces_to = self.host()
        proofs = [Proof("dkim", one.domain) for one in signed if one.result == "pass"]
        if host == "pass":
            proofs.append(Proof("spf", bounces_to))
        finding = dmarc.check(self.domain, [*proofs, *_proofs(self.said)], self.dns)
        verdict = Verdict(
            is_authenticated=False,
            spf=host if host != "none" else _result(self.said, "spf"),
            dkim=_better(dkim.best(signed), _result(self.said, "dkim")),
            dmarc=finding.result,
            arc="none",
            domain=self.domain,
            by="nobody",
            reasons=(),
        )
        return _decided(verdict, finding)

    def host(self) -> tuple[Result, str]:
        """What SPF says of the host that spoke to us, when that host was the sender's."""
        ip, bounces_to = self.envelope.client_ip, self.envelope.mail_from
        if self.front or not ip or not is_public(ip) or bounces_to is None:
            return "none", ""
        return spf.check(ip, bounces_to, self.envelope.helo or "", self.dns)

    def by_forwarders(self, verdict: Verdict) -> Verdict:
        """The verdict, or a better one by the word of forwarders whom we trust.

        The newest comes first, and each is believed only when all that came after it are.
        """
        chain = arc.check(self.message, self.dns)
        verdict = replace(verdict, arc=chain.result)
        for sealed in chain.sets:
            said = results.read(sealed.results)
            if not self.front or said is None or said.server != self.front:
                break
            if self.front != sealed.domain and not self.front.endswith(f".{sealed.domain}"):
                break
            claim = said.only("dmarc")
            if claim and claim.result == "pass" and claim.domain("header.from") == self.domain:
                return replace(verdict, is_authenticated=True, by="arc", reasons=("arc_says_so",))
        return verdict


def _decided(verdict: Verdict, finding: Finding) -> Verdict:
    """What follows from the checks: without a policy, only a signature is enough."""
    proof = finding.aligned
    is_proved = proof is not None and (
        finding.result == "pass" or (finding.result == "none" and proof.way == "dkim")
    )
    reasons: list[str] = []
    if is_proved and proof is not None:
        reasons.append(f"{proof.way}_aligned")
        verdict = replace(verdict, is_authenticated=True, by=proof.by)
    if finding.result == "none":
        reasons.append("no_dmarc")
    elif finding.result == "fail":
        reasons.append(f"dmarc_{finding.policy}")
    if not is_proved and "temperror" in {verdict.spf, verdict.dkim, verdict.dmarc}:
        reasons.append("dns_trouble")
    return replace(verdict, reasons=tuple(reasons))


def _proofs(said: Results | None) -> list[Proof]:
    """The domains that the server in front of us found to answer for a mail."""
    if said is None:
        return []
    signed = [one for one in said.all("dkim") if one.result == "pass"]
    found = [Proof("dkim", one.domain("header.d", "header.i"), "front") for one in signed]
    sent = said.only("spf")
    if sent is not None and sent.result == "pass":
        found.append(Proof("spf", sent.domain("smtp.mailfrom"), "front"))
    return found


def _result(said: Results | None, method: str) -> Result:
    found = said.all(method) if said else []
    return found[0].result if found else "none"


def _better(ours: Result, theirs: Result) -> Result:
    return theirs if theirs == "pass" or ours == "none" else ours
