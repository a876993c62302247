"""OpenTelemetry traces: by OTLP where an endpoint is configured, and otherwise next to free."""

from typing import TYPE_CHECKING

from opentelemetry import trace
from starlette.types import ASGIApp

from rapport.kernel.settings.process import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

tracer = trace.get_tracer("rapport")
"""Open spans with it anywhere; without an endpoint they are no-ops."""


class Tracing:
    """The traces of one process, from configuration to the last flush."""

    def __init__(self, settings: Settings, *, service: str) -> None:
        """Send spans to `settings.otlp_endpoint` as `service`; without an endpoint do nothing."""
        self._provider: TracerProvider | None = None
        if settings.otlp_endpoint:
            self._provider = _provider(settings.otlp_endpoint, service)
            trace.set_tracer_provider(self._provider)

    @property
    def enabled(self) -> bool:
        """Whether spans go anywhere."""
        return self._provider is not None

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """`app` with a span per request when traces are on, and `app` itself when not."""
        if self._provider is None:
            return app
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415

        return OpenTelemetryMiddleware(
            app,
            excluded_urls="health,metrics",
            tracer_provider=self._provider,
            exclude_spans=["receive", "send"],
        )

    def stop(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


def _provider(endpoint: str, service: str) -> "TracerProvider":
    # Imported only when traces are on: the exporter costs 20 MiB and 200 ms of start.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    url = endpoint.rstrip("/")
    exporter = OTLPSpanExporter(endpoint=url if url.endswith("/v1/traces") else f"{url}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
