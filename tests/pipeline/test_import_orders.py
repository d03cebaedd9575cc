"""The import of order tables: resumable, duplicates harmless, problems named; from the command line with its progress."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cast import Cast, cast

from goodstanding import cli
from goodstanding.cli import running
from goodstanding.models import Order, OrderReference, acting_for
from goodstanding.order_tables import ColumnMapping
from goodstanding.pipeline import orders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


def table(rows: int, email: str = "a@example.com") -> bytes:
    lines = [f"#A{n},2026-11-03 10:00,{n}.50,USD,{email},LX{n:06},pi_{n}\n" for n in range(1, rows + 1)]
    return ("订单号,下单时间,订单金额,币种,买家邮箱,运单号,交易号\n" + "".join(lines)).encode()


def count(people: Cast) -> tuple[int, int]:
    with acting_for(people.merchant.pk):
        return Order.objects.count(), OrderReference.objects.count()


@pytest.mark.parametrize("large", [2**40, 1])
def test_broken_off_it_goes_on_and_again_it_changes_nothing(people: Cast, monkeypatch, large: int):
    monkeypatch.setattr(orders, "_BATCH", 100)
    monkeypatch.setattr(orders, "_LARGE", large)
    seen: list[int] = []

    def stop(done: orders.Imported) -> None:
        seen.append(done.row)
        if done.orders >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        orders.import_table(people.merchant, None, "o.csv", table(1000), progress=stop)
    kept, _ = count(people)
    assert 300 <= kept < 1000
    assert seen == [101, 201, 301], "the row down to which all is written"
    done = orders.import_table(people.merchant, None, "o.csv", table(1000), after=seen[-1])
    assert (done.orders, done.changed) == (1000, 1000 - kept)
    assert count(people) == (1000, 2000)
    assert orders.import_table(people.merchant, None, "o.csv", table(1000)).changed == 0
    assert orders.import_table(people.merchant, None, "o.csv", table(1000, "b@example.com")).changed == 1000
    assert count(people) == (1000, 2000)
    with acting_for(people.elsewhere.pk):
        assert Order.objects.count() == 0


def test_rows_of_one_order_that_stand_apart_survive_going_on(people: Cast, monkeypatch):
    monkeypatch.setattr(orders, "_BATCH", 2)
    head = "订单号,商品名称,运单号\n"
    rows = [f"A{n},杯 {n},\n" for n in range(1, 7)]
    content = (head + "".join(rows) + "A1,灯,LX000001\n").encode()
    orders.import_table(people.merchant, None, "o.csv", content)
    orders.import_table(people.merchant, None, "o.csv", content, after=4)
    with acting_for(people.merchant.pk):
        data = Order.objects.get(number="A1").data
    assert [line["title"] for line in data["lines"]] == ["杯 1", "灯"]


def test_hostile_cells_stay_cells(people: Cast):
    number = "\\.\\N\t'; DROP TABLE--"
    content = f'订单号,商品名称,交易号\n"{number}","a\\b\tc\u2028\U0001f600","{{}}\\"\n'.encode()
    done = orders.import_table(people.merchant, None, "o.csv", content)
    assert (done.orders, done.bad) == (1, 0)
    with acting_for(people.merchant.pk):
        order = Order.objects.get()
        assert order.number == number
        assert order.data["lines"][0]["title"] == "a\\b\tc\u2028\U0001f600"
        assert set(OrderReference.objects.values_list("type", flat=True)) == {"payment", "order"}


# The command


def run(*words: str, monkeypatch: Any) -> int:
    monkeypatch.setattr(running, "needs_database", lambda arguments: True)
    monkeypatch.setattr(running, "setup_django", lambda: None)
    return cli.main(["import", "orders", *words])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GOODSTANDING_HOME", str(tmp_path / "home"))
    return tmp_path


def test_the_command_imports_and_names_bad_rows(people: Cast, folder, monkeypatch, capsys):
    file = folder / "orders.csv"
    file.write_bytes(table(3) + b"#A9,2026-11-03,1.00,USD,x@example.com,1.23E+15,pi_9\n")
    assert run(str(file), "--merchant", "qingchuan", "--json", monkeypatch=monkeypatch) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["orders"], told["changed"], told["bad"]) == (3, 3, 1)
    assert (told["errors"][0]["row"], told["errors"][0]["code"]) == (5, "ruined_number")
    assert not list((folder / "home" / "imports").glob("*.json")), "through: nothing to go on from"


def test_the_command_goes_on_after_ctrl_c(people: Cast, folder, monkeypatch, capsys):
    file = folder / "orders.csv"
    file.write_bytes(table(500))
    monkeypatch.setattr(orders, "_BATCH", 100)
    write, calls = orders._write, []

    def interrupted(*given: Any) -> int:
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return write(*given)

    monkeypatch.setattr(orders, "_write", interrupted)
    assert run(str(file), "--merchant", "qingchuan", monkeypatch=monkeypatch) == 130
    assert "再次运行" in capsys.readouterr().err
    assert count(people)[0] == 300
    assert run(str(file), "--merchant", "qingchuan", monkeypatch=monkeypatch) == 0
    assert "接着上次" in capsys.readouterr().out
    assert count(people) == (500, 1000)


def test_a_remembered_mapping_is_used(people: Cast, folder, monkeypatch, capsys):
    file = folder / "orders.csv"
    file.write_bytes(b"Ref,Wann\nA-1,03.11.2026\n")
    with acting_for(people.merchant.pk):
        orders.remember(
            people.merchant,
            ["Ref", "Wann"],
            {"columns": {"number": "Ref", "ordered_at": "Wann"}, "date_order": "dmy"},
            "UTC",
        )
        assert orders.remembered(people.merchant, ["Ref", "Wann"]) == (
            ColumnMapping(columns={"number": "Ref", "ordered_at": "Wann"}, date_order="dmy"), "UTC"
        )  # fmt: skip
    assert run(str(file), "--merchant", "qingchuan", monkeypatch=monkeypatch) == 0
    with acting_for(people.merchant.pk):
        assert Order.objects.get().ordered_at.isoformat() == "2026-11-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--merchant", "nobody"], 2, "nobody"),
        (["--merchant", "qingchuan", "--zone", "Mars/Base"], 2, "Mars/Base"),
        (["--merchant", "qingchuan", "--mapping", "missing.json"], 3, "missing.json"),
        (["--merchant", "qingchuan", "--mapping", "MAPPING"], 2, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_with_the_next_step(people: Cast, folder, monkeypatch, capsys, words, code, said):
    file, mapping = folder / "orders.csv", folder / "mapping.json"
    file.write_bytes(table(1))
    mapping.write_text('{"columns": {"nonsense": "x"}}')
    given = [str(mapping) if word == "MAPPING" else word for word in words]
    assert run(str(file), *given, monkeypatch=monkeypatch) == code
    assert said in capsys.readouterr().err.replace("\n", "")


def test_a_file_that_is_no_table(people: Cast, folder, monkeypatch, capsys):
    file = folder / "orders.xls"
    file.write_bytes(b"%PDF-1.7 nothing")
    assert run(str(file), "--merchant", "qingchuan", monkeypatch=monkeypatch) == 3
    assert run(str(folder / "none.csv"), "--merchant", "qingchuan", monkeypatch=monkeypatch) == 3
    assert "none.csv" in capsys.readouterr().err.replace("\n", "")
