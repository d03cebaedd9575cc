"""Secrets are made once, complete, and closed to others."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from goodstanding.home import HomeUnusable, ensure_home, home, secret


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert secret("key", lambda: "first", at=tmp_path) == "first"
    assert secret("key", lambda: "second", at=tmp_path) == "first"
    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["key"]


def test_processes_asking_at_once_get_the_same_answer(tmp_path: Path) -> None:
    code = "import os,pathlib,sys; from goodstanding.home import secret; print(secret('k', lambda: os.urandom(9).hex(), at=pathlib.Path(sys.argv[1])))"
    asking = [subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE) for _ in range(6)]
    assert len({process.communicate()[0] for process in asking}) == 1


def test_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOODSTANDING_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("GOODSTANDING_HOME")
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / ".data"


def test_a_new_home_is_not_readable_by_others_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    made = ensure_home(tmp_path / "new")
    assert stat.S_IMODE(made.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    made.chmod(0o750)
    ensure_home(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o750


def test_a_home_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusable, match="GOODSTANDING_HOME"):
        ensure_home(tmp_path / "file" / "data")
