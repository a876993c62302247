"""What is in deploy/ fits this program: its settings exist, and nothing secret is written there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from rapport.kernel.settings.process import Settings
from rapport.server.supervisor import DRAIN_S
from tests.conftest import PROJECT
from tests.scale.servers import program

DEPLOY = PROJECT / "deploy"
FILES = sorted(p for p in DEPLOY.rglob("*") if p.is_file() and "secrets" not in p.parent.name)
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
OUTSIDE = {"RAPPORT_IMAGE", "RAPPORT_PUBLISH"}
"""What the compose file itself asks of its environment."""


def documents() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text())


def workloads() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in documents():
        if one["kind"] in {"Deployment", "Job"}:
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_exists(path: Path) -> None:
    text = path.read_text()
    known = {f"rapport_{name}" for name in Settings.model_fields}

    named = set(re.findall(r"\bRAPPORT_[A-Z0-9_]+", text)) - OUTSIDE
    in_files = set(re.findall(r"\brapport_[a-z0-9_]+\b", text))

    assert {name.lower() for name in named} | in_files <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_password_is_written_down(path: Path) -> None:
    assert not re.findall(
        r"(?i)(?:password|secret|token|key)\w*\s*[:=]\s*[\"']?\w{6,}$", path.read_text()
    )
    assert not re.findall(r"://\w+:(?!%s)[^@\s]+@", path.read_text())


def test_secrets_that_the_compose_file_wants_are_made_and_belong_to_its_services(
    tmp_path: Path,
) -> None:
    made = set(re.findall(r">secrets/(\S+)", (DEPLOY / "make-secrets").read_text()))
    plan = compose()

    assert set(plan["secrets"]) == made
    for service in plan["services"].values():
        assert set(service.get("secrets", ())) <= made
    subprocess.run(["sh", "-n", str(DEPLOY / "make-secrets")], check=True)


def test_our_containers_may_write_nowhere_but_to_their_data() -> None:
    for name in ("migrate", "web-1", "web-2", "worker"):
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["data:/data"]
        assert "ports" not in service, "Only the proxy is reached from outside."
    assert "USER 10001" in (DEPLOY / "Dockerfile").read_text()
    for _, pod in workloads():
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]


def test_images_of_others_are_pinned() -> None:
    images = [service["image"] for service in compose()["services"].values()]
    others = [image for image in images if not image.startswith("${")]

    assert others
    assert all(re.search(r":[\w.-]*\d[\w.-]*$", image) for image in others)


def test_there_is_time_to_drain_before_anything_is_killed() -> None:
    plan = compose()
    delay = float(plan["x-rapport"]["environment"]["RAPPORT_DRAIN_DELAY_S"])
    assert int(plan["x-rapport"]["stop_grace_period"].rstrip("s")) >= delay + DRAIN_S
    settings = next(one for one in documents() if one["kind"] == "ConfigMap")["data"]
    web = dict(workloads())["rapport-web"]
    needed = float(settings["RAPPORT_DRAIN_DELAY_S"]) + DRAIN_S
    assert web["terminationGracePeriodSeconds"] >= needed


def test_every_deployment_has_probes_that_this_program_answers_and_keeps_one_pod() -> None:
    kept = {
        one["spec"]["selector"]["matchLabels"]["app"]
        for one in documents()
        if one["kind"] == "PodDisruptionBudget"
    }
    for name, pod in workloads():
        if name == "rapport-migrate":
            continue
        assert name in kept
        (container,) = pod["containers"]
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["port"] in ports


def test_the_proxy_understands_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in compose()["services"]["proxy"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"^web-\d", "127.0.0.1", value))

    subprocess.run([program("haproxy"), "-c", "-q", "-f", str(DEPLOY / "haproxy.cfg")], check=True)
