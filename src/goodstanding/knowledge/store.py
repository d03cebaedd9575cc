"""The knowledge in memory: each part is read from its files when first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from .read import KnowledgeError, read_yaml, text_of, typed
from .schema import (
    CodeGroup,
    CoolingOff,
    EvidenceItem,
    EvidenceRecord,
    FactKey,
    Family,
    FileRule,
    Flow,
    GatewayCodes,
    GatewayNote,
    GatewayProfile,
    GatewayReason,
    GatewayRecord,
    Kind,
    MailRule,
    NetworkRecord,
    NetworkRule,
    Obligation,
    Playbook,
    Programme,
    ProgrammeRecord,
    ReasonCategory,
    ReasonCode,
    Record,
    Retention,
    Sender,
    Unfamilied,
    WritingRule,
)

DATA = Path(__file__).parent / "data"
#: Folder of records → the type of each record in it.
PARTS: dict[str, Any] = {
    "reasons": NetworkRecord,
    "gateways": GatewayRecord,
    "programmes": ProgrammeRecord,
    "senders": Sender,
    "obligations": Obligation,
    "cooling_off": CoolingOff,
    "evidence": EvidenceRecord,
}
_HEADER = {"review_by", "note_zh", "records"}
T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class PlaybookFiles:
    """A playbook with its Chinese guidance and its reply templates by language."""

    playbook: Playbook
    guidance_zh: str
    replies: dict[str, str]
    folder: str


@dataclass(frozen=True)
class Header:
    """What a file of records says of itself."""

    name: str
    review_by: str
    note_zh: str
    count: int


class Knowledge:
    """All that is in a folder of knowledge files. Parts load lazily; a wrong file raises ``KnowledgeError``."""

    def __init__(self, root: Path = DATA) -> None:
        self.root = root
        self._parts: dict[str, dict[str, Any]] = {}
        self.headers: dict[str, Header] = {}

    @cached_property
    def version(self) -> str:
        """A digest of every file's name and bytes: equal exactly when the knowledge is."""
        digest = hashlib.sha256()
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and path.suffix in (".yaml", ".md"):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(self.root).as_posix()}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:16]

    def part(self, name: str) -> dict[str, Any]:
        """The records of one folder by id."""
        if name not in self._parts:
            found: dict[str, Any] = {}
            for path in sorted((self.root / name).rglob("*.yaml")):
                self._read_records(path, PARTS[name], found)
            self._parts[name] = found
        return self._parts[name]

    def records(self) -> Iterator[Any]:
        """Every cited record of every part."""
        for name in PARTS:
            yield from self.part(name).values()

    @cached_property
    def by_id(self) -> dict[str, Any]:
        """Every cited record by id; an id used in two parts is an error."""
        found: dict[str, Any] = {}
        for record in self.records():
            if record.id in found:
                raise KnowledgeError(f"the id {record.id!r} is used in two folders; rename one")
            found[record.id] = record
        return found

    def of(self, part: str, type_: type[R]) -> dict[str, R]:
        """The records of one type in a part, by id."""
        return {key: value for key, value in self.part(part).items() if isinstance(value, type_)}

    @cached_property
    def reasons(self) -> dict[str, ReasonCode]:
        return self.of("reasons", ReasonCode)

    @cached_property
    def flows(self) -> dict[str, Flow]:
        return self.of("reasons", Flow)

    @cached_property
    def code_groups(self) -> dict[str, CodeGroup]:
        return self.of("reasons", CodeGroup)

    @cached_property
    def network_rules(self) -> dict[str, NetworkRule]:
        return self.of("reasons", NetworkRule)

    @cached_property
    def gateways(self) -> dict[str, GatewayProfile]:
        return self.of("gateways", GatewayProfile)

    @cached_property
    def gateway_reasons(self) -> dict[str, GatewayReason]:
        return self.of("gateways", GatewayReason)

    @cached_property
    def gateway_codes(self) -> dict[str, GatewayCodes]:
        return self.of("gateways", GatewayCodes)

    @cached_property
    def gateway_notes(self) -> dict[str, GatewayNote]:
        return self.of("gateways", GatewayNote)

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return self.of("programmes", Programme)

    @cached_property
    def mail_rules(self) -> dict[str, MailRule]:
        return self.of("programmes", MailRule)

    @cached_property
    def senders(self) -> dict[str, Sender]:
        return self.of("senders", Sender)

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        return self.of("obligations", Obligation)

    @cached_property
    def cooling_off(self) -> dict[str, CoolingOff]:
        return self.of("cooling_off", CoolingOff)

    @cached_property
    def evidence(self) -> dict[str, EvidenceItem]:
        return self.of("evidence", EvidenceItem)

    @cached_property
    def file_rules(self) -> dict[str, FileRule]:
        return self.of("evidence", FileRule)

    @cached_property
    def retention(self) -> dict[str, Retention]:
        return self.of("evidence", Retention)

    @cached_property
    def writing_rules(self) -> dict[str, WritingRule]:
        return self.of("evidence", WritingRule)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return self._by_code("kinds/*.yaml", Kind)

    @cached_property
    def families(self) -> dict[str, Family]:
        return self._by_code("families/*.yaml", Family)

    @cached_property
    def unfamilied(self) -> dict[str, Unfamilied]:
        """Reasons that belong to no family, with the why."""
        return {item.reason: item for item in self.listed("unfamilied.yaml", Unfamilied)}

    @cached_property
    def reason_categories(self) -> dict[str, ReasonCategory]:
        return {item.code: item for item in self.listed("reason_categories.yaml", ReasonCategory)}

    @cached_property
    def fact_keys(self) -> dict[str, FactKey]:
        return {item.key: item for item in self.listed("facts.yaml", FactKey)}

    @cached_property
    def playbooks(self) -> dict[str, PlaybookFiles]:
        found: dict[str, PlaybookFiles] = {}
        for path in sorted((self.root / "playbooks").rglob("playbook.yaml")):
            files = self._playbook(path)
            if files.playbook.id in found:
                raise KnowledgeError(f"{self._name(path)}: the playbook id {files.playbook.id!r} is taken; rename it")
            found[files.playbook.id] = files
        return found

    def _playbook(self, path: Path) -> PlaybookFiles:
        playbook: Playbook = typed(read_yaml(text_of(path, self.root), self._name(path)), Playbook, self._name(path))
        guidance = path.with_name("guidance.zh.md")
        replies = {item.name.split(".")[1]: text_of(item, self.root) for item in sorted(path.parent.glob("reply.*.md"))}
        if not guidance.is_file():
            raise KnowledgeError(f"{self._name(guidance)}: missing; every playbook explains itself in Chinese")
        folder = path.parent.relative_to(self.root).as_posix()
        return PlaybookFiles(playbook, text_of(guidance, self.root), replies, folder)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _read_records(self, path: Path, type_: Any, found: dict[str, Any]) -> None:
        name = self._name(path)
        document = read_yaml(text_of(path, self.root), name)
        if not isinstance(document, dict) or not isinstance(document.get("records"), list):
            raise KnowledgeError(f"{name}: expected `review_by`, `note_zh` and a list `records`")
        if unknown := set(document) - _HEADER:
            raise KnowledgeError(f"{name}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_HEADER))}")
        self.headers[name] = Header(
            name, document.get("review_by") or "", document.get("note_zh") or "", len(document["records"])
        )
        for raw in document["records"]:
            id_ = raw.get("id", "a record without id") if isinstance(raw, dict) else "a record"
            if id_ in found:
                raise KnowledgeError(f"{name}: the id {id_!r} is already used; rename one of the two")
            found[id_] = typed(raw, type_, name, id_)

    def _by_code(self, pattern: str, type_: type[T]) -> dict[str, T]:
        found: dict[str, T] = {}
        for path in sorted(self.root.glob(pattern)):
            item: Any = typed(read_yaml(text_of(path, self.root), self._name(path)), type_, self._name(path))
            if item.code != path.stem:
                raise KnowledgeError(
                    f"{self._name(path)}: its code is {item.code!r}; the file must be {item.code}.yaml"
                )
            found[item.code] = item
        return found

    def listed(self, name: str, type_: type[T]) -> list[T]:
        return typed(read_yaml(text_of(self.root / name, self.root), name), list[type_], name)  # type: ignore[valid-type]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge that ships with the product, read once per process."""
    return Knowledge()
