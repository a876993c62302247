"""How many cases the tests of what always holds try.

300 in an ordinary run; 10,000 with `RAPPORT_FAULTS=full`, as
`RAPPORT_FAULTS=full pytest tests/channels/email/threading`.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

EXAMPLES: Final = settings(
    max_examples=10_000 if os.environ.get("RAPPORT_FAULTS") == "full" else 300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
