import os
import subprocess
import sys
from pathlib import Path

import pytest

from novatrek_scheduling.operations import metrics_directory
from novatrek_scheduling.operations.metrics_directory import VARIABLE, prepare


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_directory.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "")


def test_the_children_of_one_parent_share_a_directory() -> None:
    mine = prepare(with_siblings=True)

    assert mine.name.startswith(f"novatrek-metrics-{os.getppid()}-")
    assert os.environ[VARIABLE] == str(mine)


def test_what_a_process_left_behind_is_removed(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = tmp_path / f"novatrek-metrics-{int(gone.stdout)}-12345"
    reused = tmp_path / f"novatrek-metrics-{os.getpid()}-1"
    left.mkdir()
    reused.mkdir()

    mine = prepare(with_siblings=False)

    assert list(tmp_path.iterdir()) == [mine]


def test_a_directory_that_the_environment_names_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "shared"))

    assert prepare(with_siblings=True) == tmp_path / "shared"
    assert (tmp_path / "shared").is_dir()
