"""Which passwords are refused when they are chosen."""

import hashlib
import random
from pathlib import Path

import pytest

from rapport.kernel.auth import strength
from rapport.kernel.auth.errors import PasswordTooWeak
from rapport.kernel.settings.process import SettingInvalid, Settings

EMAIL = "agnes.miller@acme-support.example"
NAMES = ["Agnes Miller", "Acme Support"]


async def check(settings: Settings, password: str) -> None:
    await strength.require(settings, password, email=EMAIL, names=NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "short", "x" * 513, "Password123!", "P@ssw0rd2026", "qwertyuiop1", "1234567890",
        "9876543210", "abcdefghij", "aaaaaaaaaaaa", "121212121212", "Willkommen1", "iloveyou2026",
        "AgnesMiller1", "acme-support", "Acme2026!!!!", EMAIL, "AGNES.MILLER@acme", "M1ll3r!!!!1",
    ],
)  # fmt: skip
async def test_what_a_guesser_tries_first_is_refused(settings: Settings, password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        await check(settings, password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "Agnes likes 7 green kettles", "tR9#vLq2!xZm",
        "зелёный чайник кипит",
        "password rules are silly",
    ],
)  # fmt: skip
async def test_what_is_hard_to_guess_is_taken(settings: Settings, password: str) -> None:
    await check(settings, password)


def listed(folder: Path, passwords: list[str], *, ending: str = "\r\n") -> Path:
    """A file as Have I Been Pwned gives them."""
    hashes = sorted(hashlib.sha1(p.encode()).hexdigest().upper() for p in passwords)
    counts = random.Random(7)
    path = folder / "pwned.txt"
    lines = [f"{each}:{counts.randint(1, 10**7)}{ending}" for each in hashes]
    path.write_bytes("".join(lines).encode())
    return path


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 1_000])
def test_every_listed_password_is_found_and_no_other(
    tmp_path: Path, size: int, ending: str
) -> None:
    path = listed(tmp_path, [f"listed {n}" for n in range(size)], ending=ending)

    assert all(strength.is_listed(path, f"listed {n}") for n in range(size))
    assert not any(strength.is_listed(path, f"other {n}") for n in range(200))


def test_a_list_that_is_empty_or_without_a_last_line_end_is_read(tmp_path: Path) -> None:
    path = listed(tmp_path, ["one", "two"])
    path.write_bytes(path.read_bytes().rstrip())
    assert strength.is_listed(path, "one")
    assert strength.is_listed(path, "two")

    path.write_bytes(b"")
    assert not strength.is_listed(path, "one")


async def test_a_breached_password_is_refused_by_the_administrators_list(
    tmp_path: Path, settings: Settings
) -> None:
    path = listed(tmp_path, ["correct horse battery"])
    strict = settings.model_copy(update={"breached_passwords": path})

    await check(settings, "correct horse battery")
    with pytest.raises(PasswordTooWeak, match="stolen"):
        await check(strict, "correct horse battery")


def test_a_list_that_is_not_there_is_said_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_BREACHED_PASSWORDS", str(tmp_path / "nowhere.txt"))

    with pytest.raises(SettingInvalid, match="RAPPORT_BREACHED_PASSWORDS"):
        Settings()
