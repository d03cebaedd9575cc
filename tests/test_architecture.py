"""Habits that a reader may rely on, held by looking at the code. Who imports whom is import-linter's part."""

from __future__ import annotations

import ast
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from goodstanding import audit
from goodstanding.testing.loopback import BeyondThisMachine

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "goodstanding"
#: Numbers that are no money: times, sizes, scores.
_NO_MONEY = re.compile(
    r"retry|words|strong|wait|second|timeout|score|weight|width|height|size|scale|ratio|probab|confiden|share|similar",
    re.I,
)
_MONEY = re.compile(r"amount|money|price|total|sum\b|fee|currency|refund", re.I)


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    roots = [PACKAGE / folder for folder in folders] or [PACKAGE]
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            if not path.name.startswith("test_") and "migrations" not in path.parts:
                yield path, ast.parse(path.read_text())


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_no_float_near_money():
    found = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "FloatField":
                found.append(where(path, node))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                words = ast.unparse(node)
                if _MONEY.search(words) and not _NO_MONEY.search(words):
                    found.append(where(path, node))
            if isinstance(node, ast.AnnAssign) and re.search(r"\bfloat\b", ast.unparse(node.annotation)):
                words = ast.unparse(node.target)
                if _MONEY.search(words) and not _NO_MONEY.search(words):
                    found.append(where(path, node))
    assert not found


def test_money_columns_are_decimal():
    for model in apps.get_app_config("goodstanding").get_models():
        for field in model._meta.get_fields():
            if _MONEY.search(field.name) and field.name not in ("currency",) and hasattr(field, "get_internal_type"):
                assert field.get_internal_type() == "DecimalField", f"{model.__name__}.{field.name}"


def test_no_naive_moment():
    found = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            name = node.func.attr
            if name in ("utcnow", "utcfromtimestamp") or (
                name in ("now",) and "datetime" in ast.unparse(node.func) and not node.args
            ):
                found.append(where(path, node))
            if (
                name == "fromtimestamp"
                and "datetime" in ast.unparse(node.func)
                and len(node.args) + len(node.keywords) < 2
            ):
                found.append(where(path, node))
    assert not found


def test_thinking_asks_no_clock():
    """Pure packages are told the time: the same values, the same answer, also next year."""
    found = []
    for path, tree in modules("contract", "knowledge", "reckoning", "rules"):
        for node in ast.walk(tree):
            asks = isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.now", "date.today", "time.time")
            if asks and path.name != "__main__.py":
                found.append(where(path, node))
    assert not found


def test_no_template_knows_a_channel():
    names = "|".join(path.name for path in (PACKAGE / "channels").iterdir() if path.is_dir() and path.name[0] != "_")
    branch = re.compile(rf"{{%-?\s*(?:el)?if[^%]*(?:channel|plugin)[^%]*(?:==|in)[^%]*|{{%[^%]*['\"](?:{names})['\"]")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((PACKAGE / "web" / "templates").rglob("*.html"))
        for match in branch.finditer(path.read_text())
        if re.search(rf"['\"](?:{names})['\"]", match[0])
    ]
    assert not found


def test_only_the_pipeline_and_the_edges_make_a_client():
    """Plug-ins are handed the client; one of their own would escape the guard and the tests' transport."""
    found = []
    for path, tree in modules("channels", "sources", "notifiers", "reading", "models", "queries", "dossier", "web"):
        for node in ast.walk(tree):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in (
                "httpx.Client",
                "httpx.AsyncClient",
                "requests.get",
                "requests.post",
                "urlopen",
            ) or re.fullmatch(r"httpx\.(get|post|put|request|stream)", called):
                found.append(where(path, node))
    assert not found


def test_tests_reach_this_machine_only():
    with pytest.raises(BeyondThisMachine):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_every_thing_that_can_happen_happens_somewhere():
    text = "\n".join(
        path.read_text()
        for folder in ("pipeline", "web", "api", "cli", "management")
        for path in sorted((PACKAGE / folder).rglob("*.py"))
    )
    names = {name: kind for name, kind in vars(audit.kinds).items() if isinstance(kind, audit.AuditKind)}
    assert set(names.values()) == set(audit.KINDS.values())
    unused = [name for name in names if not re.search(rf"\b{name}\b", text)]
    assert not unused


def test_audit_codes_are_nouns_and_deeds():
    for code, kind in audit.KINDS.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
        places = set(re.findall(r"{(\w+)}", str(kind.sentence)))
        assert set(kind.personal) <= places, f"{code}: an erasure would miss {set(kind.personal) - places}"


def test_every_sentence_can_be_said_with_nothing_known():
    for kind in audit.KINDS.values():
        assert kind.say({})


def test_every_model_says_what_it_is():
    for model in apps.get_app_config("goodstanding").get_models():
        said = model.__doc__ or ""
        assert said and not said.startswith(f"{model.__name__}("), model.__name__


def test_every_module_and_public_name_of_the_verbs_is_explained():
    silent = []
    for path, tree in modules("pipeline", "models", "audit", "dossier", "contract"):
        if path.stat().st_size and not ast.get_docstring(tree):
            silent.append(where(path, tree))
    assert not silent


def test_files_stay_small():
    """A file that grows is several nouns; data files and fixtures are another matter."""
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path, _ in modules("pipeline", "models", "audit", "dossier", "contract")
        if (lines := len(path.read_text().splitlines())) > 320
    }
    assert not long
