"""Settings of this process, from the environment (`RAPPORT_*`)."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, FilePath, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from rapport.kernel.errors import RapportError


class SettingInvalid(RapportError):
    """A setting cannot be used."""


class Settings(BaseSettings):
    """What an administrator may decide before the start. Every field has a working default."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_", env_ignore_empty=True, extra="ignore")

    secrets_dir: Path | None = Field(
        None,
        description="A folder with a file per setting that is secret, named like the variable in "
        "small letters, e.g. rapport_database_url; a variable goes before a file.",
    )
    data_dir: Path = Field(Path("var"), description="Database, files, models, keys and mail.")
    database_url: SecretStr | None = Field(
        None,
        description="A PostgreSQL 15+ with pgvector, as its owner; empty runs the embedded one.",
    )
    database_pool: int = Field(10, ge=2, le=200, description="Connections each process may hold.")
    database_fsync: bool = Field(
        True, description="Off only for tests: the embedded database may then lose data in a crash."
    )
    bus_url: SecretStr | None = Field(
        None,
        description="A NATS for what processes tell each other at once: nats:// or tls://, with "
        "user and password; several by comma. Empty uses the database.",
    )
    bus_ca: Path | None = Field(
        None, description="Certificates that the NATS at a tls:// address may have signed its own."
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    spare_process: bool = Field(
        False,
        description="Keep one loaded process in reserve, so that a killed one is back in a tenth "
        "of a second instead of two; takes 130 MB.",
    )
    drain_delay_s: float = Field(
        0,
        ge=0,
        le=300,
        description="How long a web process asked to stop still takes requests while /health/ready "
        "says 503: longer than the load balancer takes to notice.",
    )
    monitor_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Where each process answers /health and /metrics by itself, the worker too; "
        "further processes of one `rapport serve` take the ports that follow.",
    )
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
        None, description="s3://bucket/folder, or gs://…, az://…; empty keeps files in data_dir."
    )
    s3_endpoint: str | None = Field(
        None, description="Where an S3 that is not Amazon's answers, e.g. https://minio:9000."
    )
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    max_file_bytes: int = Field(20 * 1024 * 1024, ge=1024)
    smtp_port: int | None = Field(
        None, ge=1, le=65535, description="Where the worker takes in mail by SMTP; empty: nowhere."
    )
    lmtp_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Where the worker takes in mail by LMTP, from a mail server in front of it.",
    )
    smtp_host: str = Field(
        "127.0.0.1", description="The address that mail is taken in on; 0.0.0.0 for every network."
    )
    smtp_certificate: FilePath | None = Field(
        None, description="Certificate chain for STARTTLS (PEM); read again when it is renewed."
    )
    smtp_key: FilePath | None = Field(
        None, description="The certificate's private key, unless it is in the same file."
    )
    mail_ca: FilePath | None = Field(
        None,
        description="Certificates that mail servers we sign in to may have signed their own (PEM), "
        "beside the usual authorities.",
    )
    max_mail_bytes: int = Field(
        50 * 1024 * 1024, ge=1024, description="Longer e-mail messages are refused as they come in."
    )
    delivery_lease_s: float = Field(
        60,
        ge=1,
        le=3_600,
        description="How long a message that a process was sending when it died waits until "
        "another process sends it again, as the same message.",
    )
    breached_passwords: FilePath | None = Field(
        None,
        description="SHA-1 hashes of passwords to refuse, in order, as Have I Been Pwned has them.",
    )
    key_file: Path | None = Field(None, description="Key-encryption keys; default data_dir/keys.")
    backup_dir: Path | None = Field(
        None, description="Where the worker puts a backup by the clock; empty makes none."
    )
    backup_at: str = Field(
        "02:30",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="At what time of each day, in UTC.",
    )
    backup_keep_daily: int = Field(7, ge=1, description="Days whose newest backup is kept.")
    backup_keep_weekly: int = Field(4, ge=0, description="Weeks whose newest backup is kept.")
    backup_key_file: Path | None = Field(
        None, description="32 bytes that encrypt backups; back this file up somewhere else."
    )
    backup_passphrase: SecretStr | None = Field(
        None, description="Encrypts backups instead of a key file; at least 12 characters."
    )
    backup_max_age_hours: int = Field(
        26, ge=1, description="`rapport doctor` complains when the last good backup is older."
    )
    archive_dir: Path | None = Field(
        None,
        description="Where the embedded database's log is kept for a restore to any minute; "
        "empty keeps none.",
    )
    archive_keep_days: int = Field(7, ge=1, description="How far back such a restore may reach.")
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
    embeddings_base_url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="An OpenAI-compatible endpoint that understands meanings instead of the model "
        "on this machine; articles and questions are sent there.",
    )
    embeddings_model: str | None = None
    embeddings_api_key: SecretStr | None = None
    embeddings_dimensions: int | None = Field(
        None, ge=1, le=16_000, description="Ask for shorter vectors, where that model can."
    )
    embeddings_languages: list[str] = Field(
        default_factory=list,
        description='Languages that model understands, e.g. ["en","de"]; empty means all.',
    )
    embeddings_max_chars: int = Field(
        6_000,
        ge=200,
        description="Longer texts are cut before they are sent there: some three times its tokens.",
    )
    crawl_delay_s: float = Field(
        1.0,
        ge=0,
        le=60,
        description="Seconds between two requests of the crawler to a web site, at least.",
    )
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

    def __init__(self, **values: Any) -> None:
        """Read the environment; `values` go before it.

        Raises:
            SettingInvalid: what is wrong with which variable, without its value.
        """
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_context=False, include_input=False)
            said = (f"RAPPORT_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in wrong)
            raise SettingInvalid("; ".join(said)) from None
        except SettingsError as error:  # it names the field, and not what stands there
            raise SettingInvalid(f'RAPPORT_*: {error}; lists are JSON: ["one"]') from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look into the environment, then into the folder of secrets that it names."""
        folder = os.environ.get("RAPPORT_SECRETS_DIR") or None
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, folder)
