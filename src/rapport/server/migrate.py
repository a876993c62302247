"""Where the migrations lie."""

from pathlib import Path

SCRIPTS = Path(__file__).parent / "migrations"
