"""Numbers for Prometheus. One registry per process; scrape each process by itself."""

from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_DURATION = Histogram(
    "rapport_http_request_duration_seconds",
    "From the first byte of the request to the last of the answer, by route template.",
    ("method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
_IN_FLIGHT = Gauge(
    "rapport_http_requests_in_flight", "Requests being answered now.", registry=REGISTRY
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def counter(name: str, help_text: str, labels: tuple[str, ...] = ()) -> Counter:
    """A room's own counter, called `rapport_<name>_total` when scraped."""
    return Counter(f"rapport_{name}", help_text, labels, registry=REGISTRY)


def gauge(name: str, help_text: str, labels: tuple[str, ...] = ()) -> Gauge:
    """A room's own gauge, called `rapport_<name>`."""
    return Gauge(f"rapport_{name}", help_text, labels, registry=REGISTRY)


def histogram(
    name: str, help_text: str, labels: tuple[str, ...] = (), *, buckets: tuple[float, ...]
) -> Histogram:
    """A room's own histogram, called `rapport_<name>`."""
    return Histogram(f"rapport_{name}", help_text, labels, buckets=buckets, registry=REGISTRY)


def started() -> None:
    """Count a request that begins."""
    _IN_FLIGHT.inc()


def finished(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that is answered. `route` is a template, never a path with ids in it."""
    _IN_FLIGHT.dec()
    _observer(method if method in _METHODS else "OTHER", route, f"{status // 100}xx").observe(
        seconds
    )


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    return generate_latest(REGISTRY)


@lru_cache(maxsize=4_096)
def _observer(method: str, route: str, status: str) -> Histogram:
    return _DURATION.labels(method, route, status)
