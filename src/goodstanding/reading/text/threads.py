"""The newest part of a message: quotes, signatures and forwards told apart, in the languages we meet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..fold import fold
from ..limits import MAX_LINE

_FORWARD_LINE = re.compile(
    r"^[\s>]*-{2,}\s*(?:forwarded message|original message forwarded|weitergeleitete (?:nachricht|mail)|message (?:transf[ée]r[ée]|original transf[ée]r[ée])|"
    r"mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|(?:wiadomo[śs][ćc] przekazana|przekazana wiadomo[śs][ćc]|tre[śs][ćc] przekazanej wiadomo[śs]ci)|"
    r"転送(?:された)?メッセージ|转发(?:的)?(?:邮件|信息)(?:信息)?|轉寄(?:郵件|的郵件)|转发邮件)\s*-*\s*$|"
    r"^[\s>]*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|"
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|pocz[ąa]tek przekazywanej wiadomo[śs]ci|"
    r"转发的(?:邮件|信息)|以下是转发的邮件|下方是被?转发的邮件)\s*[::]?\s*$"
)
_ORIGINAL_LINE = re.compile(
    r"^[\s>]*-{2,}\s*(?:original message|original[- ]nachricht|urspr[üu]ngliche (?:nachricht|mail)|originalnachricht|message d'origine|message original|mensaje original|"
    r"mensagem original|messaggio originale|oorspronkelijk bericht|wiadomo[śs][ćc] oryginalna|oryginalna wiadomo[śs][ćc]|original email|"
    r"元のメッセージ|原始邮件|原始郵件|原邮件)\s*-*\s*$|^_{20,}\s*$"
)
_WROTE = re.compile(
    r"(?:^|\s)(?:wrote|schrieb(?: am [^:]{0,60})?|a [ée]crit|escribi[óo]|ha scritto|schreef|napisa[łl](?:\(a\))?|escreveu|skrev|写道|寫道)\s*[::]\s*$|"
    r"^(?:on|am|le|el|il|op|w dniu|dnia|em|den) .{6,200}(?:wrote|schrieb|a [ée]crit|escribi[óo]|ha scritto|schreef|napisa[łl](?:\(a\))?|escreveu)[^:]{0,80}:\s*$|"
    r"^\d{4}年\d{1,2}月\d{1,2}日.{0,80}(?:[::]|のメール[::]?|写道|<[^>]+>[::]?)\s*$|^.{0,80}(?:さん|様)?(?:は書きました|からのメール)[::]\s*$|"
    r"^在\s?\d{4}.{4,120}(?:写道|寫道)\s*[::]?\s*$"
)
_FROM = r"(?:from|von|de|da|van|od|fra|från|差出人|发件人|發件人|寄件者|寄件人)"
_FIELD = re.compile(
    rf"^[\s>*]*(?P<name>{_FROM}|sent|date|gesendet(?: am)?|datum|an|to|cc|kopie|subject|betreff|envoy[ée](?: le)?|date|[àa]|objet|enviado(?: el| em)?|fecha|para|asunto|assunto|data|"
    r"inviato|a|oggetto|verzonden|aan|onderwerp|wys[łl]ano|do|temat|data|日時|送信日時|宛先|件名|发送时间|发送日期|发件时间|日期|收件人|抄送|主题|主題|時間|时间|reply-to|antwort an)\s?\**\s*[::]\s*\**\s?(?P<value>.*)$"
)
_IS_FROM = re.compile(rf"^[\s>*]*{_FROM}\s?\**\s*[::]")
_SUBJECT_NAMES = frozenset(
    {"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "temat", "件名", "主题", "主題"}
)
_FWD_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fw|fwd|wg|tr|rv|enc|i|doorst|pd|转发|轉寄|转|轉發)\s*[::]", re.I
)
_RE_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|antw|sv|odp|ref|rif|r|回复|回覆|答复)\s*(?:\[\d+\])?[::]", re.I
)
_ADDRESS = re.compile(r"[\w.+'%&=-]{1,64}@[\w.-]{1,200}\.[\w-]{2,30}")


@dataclass
class Thread:
    """A message taken apart. ``newest`` is what counts: the inner message where one was forwarded."""

    newest: str
    quoted: list[str] = field(default_factory=list)
    signature: str = ""
    note: str = ""  # what the forwarder wrote above
    forwarded: bool = False
    inner_from: str = ""
    inner_subject: str = ""


def take_apart(lines: list[tuple[str, bool]], subject: str, depth: int = 0) -> Thread:
    """Find the newest part of a body given as lines with a flag "quoted by the mail program"."""
    texts = [text for text, _ in lines]
    folded = [fold(text[:MAX_LINE]) for text in texts]
    at, is_forward = _forward_at(folded, subject)
    if at is not None and depth < 4:
        note_thread = _plain_thread(lines[:at])
        if is_forward and _is_short(note_thread.newest):
            return _inner(lines[at:], folded[at:], note_thread.newest, depth)
        note_thread.quoted.append("\n".join(texts[at:]))
        return note_thread
    return _plain_thread(lines)


def _forward_at(folded: list[str], subject: str) -> tuple[int | None, bool]:
    """Where another message begins, and whether it was forwarded (True) or merely quoted (False)."""
    for index, line in enumerate(folded):
        if line and _FORWARD_LINE.match(line):
            return index, True
        opening = _ORIGINAL_LINE.match(line) if line else None
        if (opening and _header_block(folded, index + 1)) or (
            line and _IS_FROM.match(line) and _header_block(folded, index)
        ):
            return index, _reads_as_forward(subject)
    return None, False


def _reads_as_forward(subject: str) -> bool:
    if _FWD_SUBJECT.match(subject):
        return True
    return not _RE_SUBJECT.match(subject)


def _header_block(folded: list[str], start: int) -> bool:
    """At least a sender and two more header lines within the next ten."""
    names: list[str] = []
    for line in folded[start : start + 14]:
        if not line.strip(" >"):
            if names:
                break
            continue
        match = _FIELD.match(line)
        if not match:
            if not names:
                return False
            continue
        names.append(match["name"])
    return len(names) >= 3 and any(re.fullmatch(_FROM, name) for name in names)


def _is_short(note: str) -> bool:
    words = len(note.split())
    wide = sum(1 for char in note if char > "\u2e80")
    return words <= 60 and wide <= 120


def _inner(lines: list[tuple[str, bool]], folded: list[str], note: str, depth: int) -> Thread:
    """The forwarded message: its sender and subject from its header lines, its newest part by the same rules."""
    sender = subject = ""
    body_at = 1
    seen = False
    for index in range(min(len(lines), 24)):
        match = _FIELD.match(folded[index])
        if match:
            seen = True
            value = lines[index][0][match.start("value") :].strip()
            if re.fullmatch(_FROM, match["name"]) and not sender:
                sender = value
            elif match["name"] in _SUBJECT_NAMES and not subject:
                subject = value
            body_at = index + 1
        elif seen and not folded[index].strip(" >"):
            body_at = index + 1
            break
        elif seen and sender and _ADDRESS.search(lines[index][0]) and not _ADDRESS.search(sender):
            sender += " " + lines[index][0].strip()
    rest = [(_unquote(text), False) for text, _ in lines[body_at:]]
    inner = take_apart(rest, subject or "", depth + 1)
    if not inner.forwarded:
        inner.inner_from, inner.inner_subject = sender, subject
    inner.forwarded = True
    inner.note = note if not inner.note else f"{note}\n{inner.note}"
    return inner


def _unquote(text: str) -> str:
    return re.sub(r"^\s{0,3}> ?", "", text)


def _plain_thread(lines: list[tuple[str, bool]]) -> Thread:
    kept: list[str] = []
    quoted: list[str] = []
    signature: list[str] = []
    in_signature = False
    index = 0
    while index < len(lines):
        text, flagged = lines[index]
        line = fold(text[:MAX_LINE])
        if span := _attribution(lines, index):
            after = _next_words(lines, index + span)
            quoted.extend(item for item, _ in lines[index : index + span])
            index += span
            in_signature = False
            if after is not None and not after[0].lstrip().startswith(">") and not after[1]:
                quoted.extend(item for item, _ in lines[index:])
                break
            continue
        if flagged or re.match(r"\s{0,3}>(?!from )", line):
            quoted.append(text)
            in_signature = False
        elif text.rstrip() == "--" or text == "-- ":
            in_signature = True
        elif in_signature:
            signature.append(text)
        else:
            kept.append(text)
        index += 1
    newest = "\n".join(kept).strip("\n")
    return Thread(newest=newest, quoted=["\n".join(quoted)] if quoted else [], signature="\n".join(signature))


def _attribution(lines: list[tuple[str, bool]], index: int) -> int:
    """How many lines an "On … wrote:" takes here; 0 for none. Mail programs wrap it."""
    first = fold(lines[index][0][:400]).strip()
    if not first or len(first) > 380:
        return 0
    joined = first
    for count in (1, 2, 3):
        if count > 1:
            if index + count > len(lines) or not re.match(
                r"(?:on|am|le|el|il|op|w dniu|dnia|em|den|在|\d{4}年)\W", first + " "
            ):
                return 0
            joined += " " + fold(lines[index + count - 1][0][:400]).strip()
        if len(joined) < 400 and _WROTE.search(joined) and (re.search(r"\d|@", joined)):
            return count
    return 0


def _next_words(lines: list[tuple[str, bool]], index: int) -> tuple[str, bool] | None:
    return next(((text, flagged) for text, flagged in lines[index:] if text.strip()), None)


def address_in(value: str) -> str:
    """The first e-mail address in a header line's words."""
    found = _ADDRESS.search(value)
    return found[0].strip(".").lower() if found else ""
