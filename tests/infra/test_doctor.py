"""The doctor names what is wrong and what to do, and changes nothing."""

from pathlib import Path

import psycopg
import pytest

from goodstanding import database, doctor
from goodstanding.home import secret


def by_name(findings: list[doctor.Finding]) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in findings}


def test_an_empty_place_is_told_what_to_run_and_stays_empty(tmp_path: Path) -> None:
    home = tmp_path / "none"
    findings = by_name(doctor.examine(home))
    for name in ("数据目录", "密钥文件", "数据库", "网页服务"):
        if name == "数据库" and not database.embedded():
            continue
        assert findings[name].level == "warn"
        assert "make run" in findings[name].advice
    assert findings["字体"].level == findings["PDF 排版"].level == findings["时区数据"].level == "ok"
    assert doctor.worst(list(findings.values())) == "warn"
    assert not home.exists()


def test_a_readable_secret_fails_with_the_command_that_closes_it(tmp_path: Path) -> None:
    secret("key", lambda: "x", at=tmp_path)
    assert by_name(doctor.secrets(tmp_path))["密钥文件"].level == "ok"
    (tmp_path / "secrets" / "key").chmod(0o644)
    finding = by_name(doctor.secrets(tmp_path))["密钥文件"]
    assert finding.level == "fail"
    assert f"chmod 600 '{tmp_path / 'secrets' / 'key'}'" in finding.advice


def test_a_table_without_forced_row_security_fails(test_database: database.Urls) -> None:
    with psycopg.connect(test_database.app) as app:
        assert doctor.isolation(app).level == "ok"
        with psycopg.connect(test_database.owner) as owner:
            owner.execute("create table bare (merchant_id int); alter table bare enable row level security")
        try:
            finding = doctor.isolation(app)
        finally:
            app.rollback()
            with psycopg.connect(test_database.owner) as owner:
                owner.execute("drop table bare")
    assert finding.level == "fail"
    assert "bare" in finding.what


@pytest.mark.skipif(not database.embedded(), reason="needs a login above row security")
def test_a_login_above_row_security_fails(database_urls: database.Urls) -> None:
    from goodstanding.embedded import passwords, places
    from goodstanding.home import home

    superuser = database._url(places.places(home()), passwords.passfile(home()), "postgres", "postgres")
    with psycopg.connect(superuser) as connection:
        assert doctor.isolation(connection).level == "fail"


def test_a_silent_worker_is_noticed(test_database: database.Urls) -> None:
    with psycopg.connect(test_database.owner) as connection:
        connection.execute(
            "create temp table procrastinate_workers (last_heartbeat timestamptz);"
            "create temp table procrastinate_jobs (status text, scheduled_at timestamptz);"
            "insert into procrastinate_jobs values ('todo', null), ('todo', now() + interval '1 day')"
        )
        assert doctor.worker(connection).what == "没有运行，1 项等待处理"
        connection.execute("insert into procrastinate_workers values (now() - interval '5 minutes')")
        assert "300 秒没有响应" in doctor.worker(connection).what
        connection.execute("insert into procrastinate_workers values (now())")
        assert doctor.worker(connection).level == "ok"
        connection.rollback()


def test_a_check_that_breaks_is_a_finding_not_a_traceback(tmp_path: Path) -> None:
    def broken(home: Path) -> list[doctor.Finding]:
        raise RuntimeError("boom")

    finding = doctor.examine(tmp_path, [broken])[-1]
    assert finding.level == "fail"
    assert "boom" in finding.what
