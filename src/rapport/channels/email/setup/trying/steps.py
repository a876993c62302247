"""What was tried of a mail server, step by step, and where it ended."""

from dataclasses import dataclass, field
from typing import Final, Literal, Self

from rapport.channels.email.settings.problems import Problem
from rapport.channels.email.settings.schemas import Security

Name = Literal["connect", "secure", "sign_in", "folders", "sender", "send", "arrive"]
State = Literal["ok", "failed", "skipped"]
MAX_SAID: Final = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `said` is what the server answered, in its own words."""

    name: Name
    state: State
    problem: Problem | None
    said: str | None


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder of an account, and what it is for where the server says so."""

    name: str
    messages: int | None
    """Counted for a few folders only; null where not."""
    use: Literal["all", "archive", "drafts", "flagged", "junk", "sent", "trash"] | None


class Stopped(Exception):
    """A step failed: the ones that follow it make no sense."""

    def __init__(self, problem: Problem, said: object = None) -> None:
        """Keep why, and what the server said."""
        self.problem = problem
        self.said = words(said)
        super().__init__(problem)


@dataclass
class Trial:
    """The steps of one attempt, in their order."""

    names: tuple[Name, ...]
    folders: list[FolderSeen] = field(default_factory=list)
    failure: Stopped | None = None
    """Why it ended before the last step."""
    _done: dict[Name, Step] = field(default_factory=dict)

    @classmethod
    def by(cls, security: Security, *then: Name) -> Self:
        """Connect, make it safe unless nobody wants that, and go on."""
        return cls(("connect", *(() if security == "plain" else ("secure",)), *then))

    @property
    def steps(self) -> list[Step]:
        """All of them; what was not come to is `skipped`."""
        return [self._done.get(name) or Step(name, "skipped", None, None) for name in self.names]

    @property
    def is_ok(self) -> bool:
        """Whether every step was taken and went well."""
        return all(step.state == "ok" for step in self.steps)

    @property
    def next(self) -> Name:
        """The step that is being taken."""
        return next(name for name in self.names if name not in self._done)

    def passed(self, said: object = None) -> None:
        """The step that is being taken went well."""
        name = self.next
        self._done[name] = Step(name, "ok", None, words(said))

    def is_safe(self) -> None:
        """The connection is as safe as was asked for."""
        if "secure" in self.names:
            self.passed()

    def stopped(self, why: Stopped) -> None:
        """The step that is being taken failed."""
        name = self.next
        self.failure = why
        self._done[name] = Step(name, "failed", why.problem, why.said)


def words(said: object) -> str | None:
    """What a server said, as text that can be shown: printable, and not long."""
    if said is None:
        return None
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    return text[:MAX_SAID] or None
