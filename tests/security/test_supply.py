"""What comes with us, and what must not be under version control."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts import check_dependencies, check_secrets


def test_everything_locked_has_a_hash_an_agreed_licence_and_no_install_script() -> None:
    assert [*check_dependencies.python_faults()] == []
    assert [*check_dependencies.node_faults()] == []
    assert len([*check_dependencies.locked()]) > 50


def test_every_licence_exception_is_of_a_package_that_is_locked() -> None:
    names = {name for name, _ in check_dependencies.locked()}

    assert set(check_dependencies.EXCEPTIONS) - names == set()


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("Apache-2.0 AND CNRI-Python", True),
        ("(MIT OR CC0-1.0)", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("SSPL-1.0", False),
        ("UNLICENSED", False),
        ("", False),
    ],
)
def test_a_licence_that_asks_for_more_than_a_notice_is_refused(licence: str, allowed: bool) -> None:
    assert check_dependencies.is_allowed(licence) is allowed


_DICE = random.Random(7)


def _random(prefix: str, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return prefix + "".join(_DICE.choice(alphabet) for _ in range(length))


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN PRIVATE KEY-----\n{_random('', 64)}",
        _random("AKIA", 16, string.ascii_uppercase),
        _random("ghp_", 36),
        _random("xoxb-", 24),
        _random("AIza", 35),
        _random("sk_live_", 24),
        _random("sk-ant-", 40),
        _random("rk_abcdefgh_", 43),
        f"postgresql://rapport:{_random('', 12)}@db.example.com/rapport",
        f'token = "{_random("", 32)}"',
        f"'{_random('', 64)}'",
    ],
)
def test_a_secret_is_found_whoever_gave_it(text: str) -> None:
    assert [*check_secrets.found(f"before {text} after")]


@given(st.text(alphabet=string.ascii_letters + " .,'\n", max_size=300))
def test_prose_is_no_secret(text: str) -> None:
    assert [*check_secrets.found(text.replace("'", " "))] == []


def test_nothing_under_version_control_holds_a_secret() -> None:
    assert check_secrets.main() == 0
