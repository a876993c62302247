import subprocess
import sys

KNOWN = """
import rapport.server.rooms
from rapport.kernel import jobs
print(*sorted(name for name in jobs.app.tasks if name.startswith("privacy.")))
"""


def test_a_worker_knows_every_job_that_a_web_process_queues() -> None:
    told = subprocess.run([sys.executable, "-c", KNOWN], capture_output=True, text=True, check=True)

    assert told.stdout.split() == [
        "privacy.erase",
        "privacy.export",
        "privacy.retention",
        "privacy.tidy",
    ]
