"""What the sandbox keeps between runs."""

from pathlib import Path

import jwt
import pytest

from novatrek_scheduling.sandbox.directory import SandboxRefused, sandbox_directory, stored_secrets
from novatrek_scheduling.sandbox.environment import bearer_token, sandbox_environment


def test_only_one_sandbox_may_use_a_directory(tmp_path: Path) -> None:
    with (
        sandbox_directory(tmp_path / "home", is_fresh=False),
        pytest.raises(SandboxRefused, match="stop it first"),
        sandbox_directory(tmp_path / "home", is_fresh=False),
    ):
        pass


def test_a_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(SandboxRefused, match="cannot be used"),
        sandbox_directory(tmp_path / "file" / "home", is_fresh=False),
    ):
        pass


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first = stored_secrets(tmp_path)

    assert stored_secrets(tmp_path) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_fresh_start_forgets_what_was_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with sandbox_directory(home, is_fresh=False):
        first = stored_secrets(home)
        (home / "valkey").mkdir()

    with sandbox_directory(home, is_fresh=True):
        assert not (home / "valkey").exists()
        assert stored_secrets(home) != first


def test_what_the_environment_gives_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_URL", "https://weather.example.com")
    monkeypatch.delenv("TRIP_CATALOG_URL")

    env = _environment(tmp_path)

    assert env["WEATHER_URL"] == "https://weather.example.com"
    assert env["TRIP_CATALOG_URL"] == "http://127.0.0.1:9000/svc-trip-catalog"


def test_the_token_is_good_for_the_service_it_is_made_for(tmp_path: Path) -> None:
    env = _environment(tmp_path)

    claims = jwt.decode(
        bearer_token(env),
        env["JWT_SECRET"],
        algorithms=[env["JWT_ALGORITHMS"]],
        audience=env["JWT_AUDIENCE"],
        issuer=env["JWT_ISSUER"],
    )

    assert "scheduling:publish" in claims["scope"].split()


@pytest.mark.parametrize("limit", ["SNAPSHOT_WORKER_SECONDS", "SIBLING_READ_SECONDS"])
def test_a_larger_company_has_longer_to_be_read(tmp_path: Path, limit: str) -> None:
    single, tenfold = (float(_environment(tmp_path, scale)[limit]) for scale in (1, 10))

    assert tenfold == 10 * single


def _environment(home: Path, scale: int = 1) -> dict[str, str]:
    return sandbox_environment(
        home, stored_secrets(home), port=8000, servers={}, siblings_url="http://127.0.0.1:9000", scale=scale
    )
