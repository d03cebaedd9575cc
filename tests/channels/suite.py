"""What every channel must keep to. One function for one promise; test_channels.py runs them over every folder found."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.channels.mutation import problems, survives

from goodstanding.contract import Channel, Incoming, Letter, ParsedNotice, Pointer, Untrusted, settings_of

NOW = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
MUTATIONS = 500
_SIDE_FILES = (".expected.json", ".headers.json")
_ANSWERS = (ParsedNotice, Letter, Pointer)

#: Words of permissions with which money moves or an account ends. None may be asked for.
DANGEROUS = re.compile(
    r"refund|payout|transfer|withdraw|capture|charge[sd]?[ ._:-]*write|accept|close|delete|write_orders|write_all|full.?access|admin",
    re.IGNORECASE,
)


def fixtures(folder: Path) -> list[Path]:
    """The fixture files of a channel, without their companions."""
    return sorted(
        path
        for path in (folder / "fixtures").glob("*")
        if path.is_file() and path.name != "ORIGIN.md" and not path.name.endswith(_SIDE_FILES)
    )


def incoming(channel: Channel, path: Path) -> Incoming:
    """A fixture as it would arrive."""
    companion = path.with_name(f"{path.stem}.headers.json")
    headers = json.loads(companion.read_text()) if companion.exists() else []
    pairs = headers.items() if isinstance(headers, dict) else headers
    return Incoming(
        origin="webhook" if channel.webhook else "upload",
        body=path.read_bytes(),
        received_at=NOW,
        headers=tuple((str(key), str(value)) for key, value in pairs),
        filename="" if channel.webhook else path.name,
    )


def check_record(channel: Channel, folder: Path) -> None:
    assert channel.name == folder.name, "a channel is named like its folder"
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,30}", channel.name)
    assert channel.label
    assert dataclasses.is_dataclass(channel.config)
    for field in settings_of(channel.config):
        assert field.label_zh, f"{field.name} has no Chinese label"
        assert field.label_en, f"{field.name} has no English label"
        if re.search(r"secret|password|token|api_key|private_key", field.name):
            assert field.secret, f"{field.name} must be declared secret"
    if channel.lookup is None:
        assert not any(isinstance(item, Pointer) for item in _all_answers(channel, folder)), (
            "points, and cannot look up"
        )


def check_readme(channel: Channel, folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    missing = [field.name for field in settings_of(channel.config) if f"`{field.name}`" not in readme]
    assert not missing, f"README.md does not explain {missing}"
    assert re.search(r"[\u4e00-\u9fff]{10}", readme), "README.md is the set-up guide and is in Chinese"


def check_origin(folder: Path) -> None:
    origin = (folder / "fixtures" / "ORIGIN.md").read_text(encoding="utf-8")
    patterns = [re.escape(name).replace(r"\*", ".*") for name in re.findall(r"`([^`\s]+)`", origin)]
    unnamed = [
        path.name
        for path in fixtures(folder)
        if not any(re.fullmatch(f"(?:{pattern})(?:\\.[a-z]+)?", path.name) for pattern in patterns)
    ]
    assert fixtures(folder), "a channel brings fixtures"
    assert not unnamed, f"ORIGIN.md does not say where {unnamed} come from"


def check_golden(channel: Channel, path: Path, *, rewrite: bool) -> None:
    answers = list(channel.parse(incoming(channel, path)))
    wrong = [problem for answer in answers for problem in problems(answer)]
    assert not wrong, wrong
    expected = path.with_name(f"{path.stem}.expected.json")
    if rewrite:
        expected.write_text(json.dumps(plain(answers), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.skip("golden file rewritten")
    assert expected.exists(), f"{expected.name} is missing; run make golden and read the diff"
    assert plain(answers) == json.loads(expected.read_bytes())


def check_same_again(channel: Channel, path: Path) -> None:
    """The same bytes give the same answer, at any time."""
    first = incoming(channel, path)
    later = dataclasses.replace(first, received_at=NOW.replace(year=2027))
    assert list(channel.parse(first)) == list(channel.parse(first)) == list(channel.parse(later))


def check_total(channel: Channel, path: Path) -> None:
    survives(channel.parse, incoming(channel, path), n=MUTATIONS, seed=len(path.name))


def check_permissions(channel: Channel) -> None:
    asked = [permission.name for permission in (*channel.reads, *channel.writes)]
    assert not [name for name in asked if DANGEROUS.search(_without_read_only(name))]
    for permission in (*channel.reads, *channel.writes):
        assert permission.why_zh, f"{permission.name}: the seller is not told why"
    if channel.submit is not None:
        assert channel.writes, "submits without asking for a permission to write"


def _without_read_only(name: str) -> str:
    """``Charges and Refunds: Read`` moves nothing."""
    return "" if re.search(r"[.:_ -]\s*read(?:[ _-]?only)?\b[^:]*\Z|\Aread_", name, re.IGNORECASE) else name


def check_drill(channel: Channel) -> None:
    """The channel's own sample is genuine to it, is understood, and is not once it has been touched."""
    if channel.drill is None:
        pytest.skip("offers no drill")
    config = sample_config(channel)
    sample = channel.drill(config, NOW)
    assert sample.origin == "drill"
    answers = list(channel.parse(sample))
    assert answers
    assert not [problem for answer in answers for problem in problems(answer)]
    if channel.verify is None:
        return
    channel.verify(sample, config, None)
    for altered in _altered(sample):
        with pytest.raises(Untrusted):
            channel.verify(altered, config, None)
    other = dataclasses.replace(config, **{_secrets(channel)[0]: "another-secret-0123456789"})
    with pytest.raises(Untrusted):
        channel.verify(sample, other, None)


def check_unsigned_is_refused(channel: Channel, path: Path) -> None:
    if channel.verify is None:
        pytest.skip("has no signatures")
    bare = dataclasses.replace(incoming(channel, path), headers=())
    with pytest.raises(Untrusted):
        channel.verify(bare, sample_config(channel), None)


def sample_config(channel: Channel) -> Any:
    """A config with invented values in every field that has no default."""
    values = {field.name: _sample(field.type, field.name) for field in settings_of(channel.config) if field.required}
    values |= dict.fromkeys(_secrets(channel)[:1], "invented-secret-0123456789")
    return channel.config(**values)


def _sample(kind: str, name: str) -> Any:
    return {"number": 1, "flag": False}.get(kind, f"invented-{name}")


def _secrets(channel: Channel) -> list[str]:
    """Names of secret settings, the one that signs webhooks first."""
    names = [field.name for field in settings_of(channel.config) if field.secret]
    return sorted(names, key=lambda name: not re.search(r"webhook|hmac|sign", name))


def _altered(sample: Incoming) -> Iterator[Incoming]:
    middle = len(sample.body) // 2
    yield dataclasses.replace(sample, body=sample.body + b" ")
    yield dataclasses.replace(
        sample, body=sample.body[:middle] + bytes([sample.body[middle] ^ 1]) + sample.body[middle + 1 :]
    )
    yield dataclasses.replace(sample, body=b"")
    yield dataclasses.replace(sample, headers=())
    yield dataclasses.replace(sample, headers=tuple((key, value[:-1]) for key, value in sample.headers))
    yield dataclasses.replace(sample, headers=tuple((key, "é" + value) for key, value in sample.headers))


def _all_answers(channel: Channel, folder: Path) -> Iterator[object]:
    for path in fixtures(folder):
        yield from channel.parse(incoming(channel, path))


def plain(value: Any) -> Any:
    """Answers as JSON, for golden files. Bytes are given by length and start."""
    if isinstance(value, bytes):
        return {"bytes": len(value), "starts": value[:80].decode("utf-8", "backslashreplace")}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
        return {"type": type(value).__name__, **fields} if isinstance(value, _ANSWERS) else fields
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value
