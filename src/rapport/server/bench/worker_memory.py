"""`rapport bench worker-memory`: what one worker takes with every embedded model loaded.

The worker is the real one, on a database with the demo shop. It is given everything that brings a
model into its memory, one after the other: articles to embed, an intents model to train and then
to use, messages in six languages to read, questions to answer, recurring issues to find. What
learns is a process of its own that ends with the training; it is not counted.
"""

import asyncio
import contextlib
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import psycopg
from pydantic import SecretStr

import rapport.server.rooms  # noqa: F401 - every room listens
from rapport.ai.recurring.jobs import look_everywhere
from rapport.ai.triage import service as triage
from rapport.ai.triage.intents.material import NOWHERE
from rapport.ai.triage.schemas import IntentIn
from rapport.ai.triage.training import jobs as training_jobs
from rapport.ai.triage.training import service as trainings
from rapport.ai.triage.urgency.learning import shipped_messages
from rapport.conversations import service as conversations
from rapport.customers import service as customers
from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import installed
from rapport.kernel import jobs
from rapport.kernel.auth.first_run import ensure_first_owner
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.knowledge import jobs as knowledge_jobs
from rapport.server.bench import training
from rapport.server.bench.environment import fresh_database, worker_process
from rapport.server.demo import content, help_centre, taught
from rapport.server.demo import service as demo
from rapport.server.process import open_database

LIMIT_MB: Final = 700
INTENTS: Final = 150
EXAMPLES: Final = 15_000
"""To learn from: a hundred an intent."""
_EVERY_S: Final = 0.5
_SETTLED_S: Final = 10.0
_DEADLINE_S: Final = 3_600
_TOGETHER: Final = 50


def run(
    models_dir: Path, *, examples: int = EXAMPLES, intents: int = INTENTS, messages: int = 1_000
) -> dict[str, Any]:
    """Megabytes (of 10^6 bytes) of the worker: at rest after all of it, and the most it had.

    `pss_mb` counts what it shares with other processes by its part; `after` is the PSS once each
    task was done.

    Raises:
        ModelMissing: `rapport models build` was not run.
        TimeoutError: the worker did not do its work within an hour.
    """
    if installed(models_dir) is None:
        raise ModelMissing
    with fresh_database() as (folder, url), psycopg.connect(url, autocommit=True) as owner:
        settings = Settings(data_dir=folder, database_url=SecretStr(url))
        bench = _Bench(open_database(settings), owner)
        environment = {"RAPPORT_MODELS_FOLDER": str(models_dir)}
        with worker_process(folder, url, environment) as worker, _Watched(worker.pid) as watched:
            return asyncio.run(_measured(bench, watched, examples, intents, messages))


async def _measured(
    bench: "_Bench", watched: "_Watched", examples: int, intents: int, messages: int
) -> dict[str, Any]:
    begun, after = time.perf_counter(), dict[str, float]()
    try:
        await bench.open_shop()
        after["articles"] = await bench.once(watched, _EMBEDDED)
        await bench.teach(examples, intents)
        after["training"] = await bench.once(watched, _TRAINED)
        await bench.promote()
        await bench.write(list(islice(cycle(_in_six_languages()), messages)))
        after["messages"] = await bench.once(watched, _READ)
        asked = [article.title for article in content.articles()]
        await bench.write(asked, to_assistant=True)
        after["questions"] = await bench.once(watched, _ANSWERED)
        await bench.find_issues()
        after["issues"] = await bench.once(watched, _FOUND)
    finally:
        await bench.database.dispose()
    await asyncio.sleep(_SETTLED_S)
    return {
        "pss_mb": watched.pss,
        "rss_mb": watched.rss,
        "peak_pss_mb": watched.peak_pss,
        "peak_rss_mb": watched.peak_rss,
        "limit_mb": LIMIT_MB,
        "after": after,
        "intents": intents,
        "examples": examples,
        "messages": messages,
        "questions": len(asked),
        "seconds": round(time.perf_counter() - begun, 1),
        "load_average": round(os.getloadavg()[0], 2),
    }


def _in_six_languages() -> list[str]:
    """The texts of the messages that the urgency model learned from, the languages mixed."""
    corpus = [it.text for it in shipped_messages()]
    return random.Random(5).sample(corpus, len(corpus))  # noqa: S311 - not a secret


_EMBEDDED: Final = (
    "SELECT count(*) > 0 FROM chunk_vectors HAVING count(*) >= (SELECT count(*) FROM chunks c"
    " JOIN articles a ON a.workspace_id = c.workspace_id AND a.id = c.article_id"
    " WHERE a.locale LIKE 'en%')"
)
_TRAINED: Final = "SELECT bool_and(state = 'ready') FROM triage_models"
_READ: Final = (
    "SELECT NOT EXISTS (SELECT FROM messages m JOIN conversations c"
    " ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id"
    " WHERE m.client_id LIKE 'bench:%' AND NOT EXISTS"
    " (SELECT FROM triage_readings r WHERE r.workspace_id = m.workspace_id AND r.id = m.id))"
)
_ANSWERED: Final = (
    "SELECT count(*) FILTER (WHERE q.id IS NULL) = 0 FROM messages m LEFT JOIN assistant_answers q"
    " ON q.workspace_id = m.workspace_id AND q.question_id = m.id"
    " WHERE m.client_id LIKE 'bench:ask:%'"
)
_FOUND: Final = (
    "SELECT (SELECT count(*) > 0 FROM problems)"
    " AND NOT EXISTS (SELECT FROM problem_conversations WHERE space IS NULL)"
)


class _Bench:
    """Gives the worker its work, and sees when it is done."""

    def __init__(self, database: Database, owner: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.database = database
        self._owner = owner
        self._workspace_id = UUID(int=0)
        self._written = 0

    async def open_shop(self) -> None:
        """Open the demo shop; its articles are to be embedded."""
        first = await ensure_first_owner(self.database)
        assert first is not None, "an empty database gets an owner"
        self._workspace_id = first.workspace_id
        async with self._begin() as ctx:
            await demo.fill(ctx)
        await self._have_run(knowledge_jobs.embed_the_rest)

    async def teach(self, examples: int, intents: int) -> None:
        """Type the examples of some intents, and have a model learn them."""
        texts, matters = training.made(examples, matters=intents)
        typed = defaultdict[str, list[str]](list)
        for text, matter in zip(texts, matters, strict=True):
            typed[matter].append(text)
        typed.pop(NOWHERE, None)
        async with self._begin() as ctx:
            for name, its in typed.items():
                intent = await triage.create_intent(ctx, IntentIn(name=name))
                await triage.type_examples(ctx, intent.id, its)
            await training_jobs.begin(ctx)

    async def promote(self) -> None:
        """Put the model to use."""
        async with self._begin() as ctx:
            (row,) = (await trainings.page(ctx)).items
            await trainings.promote(ctx, row.id)

    async def write(self, texts: Sequence[str], *, to_assistant: bool = False) -> None:
        """Let customers write these, each in a conversation of its own."""
        async with self._begin() as ctx:
            shop = next(
                one for one in await conversations.inboxes(ctx) if one.name == help_centre.CHAT
            )
            customer = await customers.create(ctx, name="Ada")
        kind = "ask" if to_assistant else "read"
        for start in range(0, len(texts), _TOGETHER):
            async with self._begin() as ctx:
                for text in texts[start : start + _TOGETHER]:
                    self._written += 1
                    await conversations.start(
                        ctx,
                        shop.id,
                        customer.id,
                        text,
                        client_id=f"bench:{kind}:{self._written}",
                        handler="assistant" if to_assistant else "none",
                    )

    async def find_issues(self) -> None:
        """Have the shop's recurring issues found."""
        async with self._begin() as ctx:
            await taught.note_issues(ctx)
        await self._have_run(look_everywhere)

    async def once(self, watched: "_Watched", done: str) -> float:
        """Wait until a query says so; the worker's PSS then."""
        until = time.perf_counter() + _DEADLINE_S
        while time.perf_counter() < until:
            found = self._owner.execute(done).fetchone()
            if found is not None and found[0]:
                return watched.pss
            await asyncio.sleep(_EVERY_S)
        raise TimeoutError(f"The worker did not come to where this holds: {done}")

    async def _have_run(self, job: jobs.Task) -> None:
        """Queue a periodic job for now."""
        async with self._begin() as ctx:
            connection = await jobs.raw_connection(ctx.session)
            await job.configure(connection=connection).defer_async(timestamp=int(time.time()))

    def _begin(self) -> Any:
        return self.database.begin(self._workspace_id, SYSTEM)


class _Watched:
    """A process whose memory is looked at twice a second, in megabytes of 10^6 bytes."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_pss = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._thread.join()

    @property
    def pss(self) -> float:
        """What it has now, with its part of what it shares; 0 once it has ended."""
        return self._told("smaps_rollup", "Pss")

    @property
    def rss(self) -> float:
        """What it has now, with all that it shares; 0 once it has ended."""
        return self._told("smaps_rollup", "Rss")

    @property
    def peak_rss(self) -> float:
        """The most it ever had, as the system counted."""
        return self._told("status", "VmHWM")

    def _told(self, file: str, name: str) -> float:
        with contextlib.suppress(OSError):
            for line in (self._folder / file).read_text().splitlines():
                if line.startswith(f"{name}:"):
                    return round(int(line.split()[1]) * 1_024 / 1e6, 1)
        return 0.0

    def _watch(self) -> None:
        while not self._ends.wait(_EVERY_S):
            self.peak_pss = max(self.peak_pss, self.pss)
