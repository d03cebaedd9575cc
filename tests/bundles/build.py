"""The labelled bundles as packages. ``python tests/bundles/build.py FOLDER`` writes them as ZIP files.

Sources are in ``cases/``; the README beside this file says how they are written down.
"""

from __future__ import annotations

import copy
import hashlib
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import typst
import yaml

from goodstanding.contract import Bundle, Exhibit, Reason
from goodstanding.rendering import typeface
from goodstanding.rendering.archive import pack

CASES = Path(__file__).parent / "cases"
VERDICTS = (
    "strong", "weak", "contradictory", "wrong_city", "wrong_date_order", "placeholder", "wrong_order",
    "missing_required", "oversized", "too_many_pages", "wrong_language", "empty",
)  # fmt: skip
CREATED = datetime(2026, 11, 24, 8, tzinfo=UTC)
_KEYS = {"id", "verdict", "for", "case", "order", "exhibits", "reply", "also"}
_CHANGES = {"id", "verdict", "swap", "drop", "add", "text", "as", "reply", "say", "for", "pages", "weight"}


class BadCase(ValueError):
    """A source that does not say what it means to say; the message names it."""


@dataclass(frozen=True)
class Labelled:
    """One bundle with its label. ``exhibits`` are (kind without ``ev.``, text) in their order; the order record is first."""

    id: str
    base: str
    verdict: str
    target: str
    case: str
    reply: str
    exhibits: tuple[tuple[str, str], ...]
    pages: int = 1
    weight: int = 0  # bytes of picture in the document

    @property
    def network(self) -> str:
        return self.target.split(":")[1]

    @property
    def code(self) -> str:
        return self.target.split(":")[2]

    def package(self) -> bytes:
        """The archive as the product writes it."""
        return pack(self.bundle(), created=CREATED)

    def bundle(self) -> Bundle:
        exhibits = tuple(_exhibit(number, kind, text) for number, (kind, text) in enumerate(self.exhibits, 1))
        return Bundle(
            case_ref=self.case,
            stage="dispute",
            reason=Reason(scheme=self.network, code=self.code),
            network=self.network,
            amount=None,
            references=(),
            language="",
            reply_text=self.reply,
            exhibits=exhibits,
            document=document(self.case, self.pages, self.weight),
        )


@dataclass
class _Draft:
    order: str
    exhibits: dict[str, str]
    reply: str
    kinds: dict[str, str] = field(default_factory=dict)


@cache
def load() -> tuple[Labelled, ...]:
    """All bundles, by file and in their order. Raises :class:`BadCase`."""
    found = [one for path in sorted(CASES.glob("*.yaml")) for base in yaml.safe_load(path.read_text("utf-8")) for one in _bundles(base)]  # fmt: skip
    twice = [one.id for one in found if [other.id for other in found].count(one.id) > 1]
    if twice:
        raise BadCase(f"{twice[0]} is there twice")
    return tuple(found)


def _bundles(base: dict[str, Any]) -> Iterator[Labelled]:
    name = str(base.get("id"))
    if unknown := set(base) - _KEYS:
        raise BadCase(f"{name}: nothing is called {sorted(unknown)}")
    yield _labelled(base, {"id": name, "verdict": base.get("verdict", "strong")})
    for change in base.get("also", ()):
        yield _labelled(base, change)


def _labelled(base: dict[str, Any], change: dict[str, Any]) -> Labelled:
    name = str(change["id"])
    if unknown := set(change) - _CHANGES:
        raise BadCase(f"{name}: nothing is called {sorted(unknown)}")
    if change["verdict"] not in VERDICTS:
        raise BadCase(f"{name}: no verdict {change['verdict']}")
    draft = _changed(name, _Draft(str(base["order"]), copy.copy(base["exhibits"]), str(base["reply"])), change)
    parts = {"order": draft.order} | draft.exhibits
    dropped = set(change.get("drop", ()))
    exhibits = tuple(
        (draft.kinds.get(key, "order_record" if key == "order" else key.partition("+")[0]), text)
        for key, text in parts.items()
        if key not in dropped
    )
    return Labelled(
        id=name,
        base=str(base["id"]),
        verdict=change["verdict"],
        target=str(change.get("for", base["for"])),
        case=str(base["case"]),
        reply=draft.reply.strip(),
        exhibits=exhibits,
        pages=int(change.get("pages", 1)),
        weight=int(change.get("weight", 0)),
    )


def _changed(name: str, draft: _Draft, change: dict[str, Any]) -> _Draft:
    for place in (*change.get("drop", ()), *change.get("as", ()), *change.get("text", ()), *change.get("swap", ())):
        if place not in (*draft.exhibits, "order", "reply"):
            raise BadCase(f"{name}: there is no {place} in it")
    draft.exhibits |= change.get("add", {})
    draft.kinds = dict(change.get("as", {}))
    for place, text in change.get("text", {}).items():
        _write(draft, place, str(text))
    draft.reply = str(change.get("reply", draft.reply))
    for place, pairs in change.get("swap", {}).items():
        for old, new in pairs.items():
            text = _read(draft, place)
            if str(old) not in text:
                raise BadCase(f"{name}: {old!r} does not stand in {place}")
            _write(draft, place, text.replace(str(old), str(new)))
    if change.get("say"):
        draft.reply = f"{draft.reply.strip()}\n{change['say']}"
    return draft


def _read(draft: _Draft, place: str) -> str:
    return {"order": draft.order, "reply": draft.reply}.get(place) or draft.exhibits.get(place, "")


def _write(draft: _Draft, place: str, text: str) -> None:
    if place in ("order", "reply"):
        setattr(draft, place, text)
    else:
        draft.exhibits[place] = text


def _exhibit(number: int, kind: str, text: str) -> Exhibit:
    content = text.encode()
    day = re.search(r"\b20\d\d-\d\d-\d\d\b", text)
    return Exhibit(
        id=str(number),
        kind=f"ev.{kind}",
        title=kind.replace("_", " "),
        media_type="text/plain",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        filename=f"{kind}.txt",
        label=str(number),
        proves_at=datetime.fromisoformat(day[0]).replace(tzinfo=UTC) if day else None,
        text=text,
    )


@lru_cache(maxsize=4)
def document(case: str, pages: int = 1, weight: int = 0) -> bytes:
    """A small PDF/A with the case id on every page, ``weight`` bytes of noise in a picture that nobody sees."""
    sheets = "\n#pagebreak()\n".join(f"#text(json(bytes({_quoted(case)})))\n\nPage {n}" for n in range(1, pages + 1))
    source = f'#set page("a4")\n#set text(font: "Noto Sans", size: 12pt)\n{sheets}\n'.encode()
    moment = int(CREATED.timestamp())
    pdf = typst.compile(
        source, format="pdf", pdf_standards="a-2b", timestamp=moment, font_paths=typeface.loaded(), ignore_system_fonts=True
    )  # fmt: skip
    if not isinstance(pdf, bytes):
        raise BadCase("typst made several files of one document")
    return _weighted(pdf, weight) if weight else pdf


def _quoted(case: str) -> str:
    return '"\\"' + re.sub(r"[^A-Za-z0-9_-]", "", case) + '\\""'


def _weighted(pdf: bytes, weight: int) -> bytes:
    noise = random.Random(weight).randbytes(weight)
    with pikepdf.open(BytesIO(pdf)) as opened:
        picture = opened.make_stream(noise)
        picture.Type, picture.Subtype, picture.ColorSpace = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DeviceGray  # fmt: skip
        picture.Width, picture.Height, picture.BitsPerComponent = 1, weight, 8
        opened.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Noise=picture)
        out = BytesIO()
        opened.save(out)
    return out.getvalue()


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python tests/bundles/build.py FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in load():
        (folder / f"{one.id}.zip").write_bytes(one.package())
    print(f"{len(load())} packages in {folder}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
