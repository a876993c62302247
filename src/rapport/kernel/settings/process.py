"""Settings of this process, from the environment (`RAPPORT_*`)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an administrator may decide before the start. Every field has a working default."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_", extra="ignore")

    data_dir: Path = Field(Path("var"), description="Database, files, models, keys and mail.")
    database_url: SecretStr | None = Field(
        None,
        description="A PostgreSQL 15+ with pgvector, as its owner; empty runs the embedded one.",
    )
    database_pool: int = Field(10, ge=2, le=200, description="Connections each process may hold.")
    database_fsync: bool = Field(
        True, description="Off only for tests: the embedded database may then lose data in a crash."
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str | None = Field(
        None, description="The address people use, e.g. https://support.example.com."
    )
    help_workspace: str | None = Field(
        None, description="Whose articles /help shows, by slug; the oldest workspace when empty."
    )
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses whose X-Forwarded-* headers are believed."
    )
    web_dir: Path | None = Field(None, description="Where the built front end lies.")
    models_folder: Path | None = Field(
        None, description="Embedding models; default data_dir/models."
    )
    file_store: str | None = Field(
        None, description="An obstore URL (s3://…, gs://…, az://…); empty keeps files in data_dir."
    )
    max_file_bytes: int = Field(20 * 1024 * 1024, ge=1024)
    key_file: Path | None = Field(None, description="Key-encryption keys; default data_dir/keys.")
    log_format: str = Field("console", pattern="^(console|json)$")
    log_level: str = "INFO"
    otlp_endpoint: str | None = Field(None, description="Where traces go, by OTLP over HTTP.")
    metrics_token: SecretStr | None = Field(
        None, description="Needed to read /metrics from elsewhere than this machine."
    )
    rate_limits: bool = Field(True, description="Off only for benchmarks.")
    chat_base_url: str | None = Field(None, description="An OpenAI-compatible endpoint.")
    chat_model: str | None = None
    chat_api_key: SecretStr | None = None
    egress_allow: list[str] = Field(
        default_factory=list,
        description="host:port pairs on private addresses that may be called, e.g. a local model.",
    )

    @property
    def models_dir(self) -> Path:
        """Where the embedding models lie."""
        return self.models_folder or self.data_dir / "models"

    @property
    def origin(self) -> str:
        """Scheme, host and port under which browsers see us, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
