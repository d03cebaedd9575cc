"""An outside model asked about one notice: set up by the merchant, agreed to per notice, shown beside the original.

Its answer changes nothing of the notice or the case. Where it reads something else than the rules did, a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import settings_of
from goodstanding.models import Case, Connection, Member, Merchant, Notice, PluginType, Translation, Waiting, acting_for
from goodstanding.reading import Reading, llm

from . import letters, outside
from .plugged import config_of
from .refusals import Refusal

PLUGIN = "llm"
#: Cases that a doubt of the model's may still hold up; what is handed over is not stopped by it.
_HELD_UP = (Waiting.PERSON, Waiting.EVIDENCE, Waiting.APPROVAL)
_NOT_ONE = {
    "code": "not_one",
    "zh": "没有一句译文通过核对，没有采用。",
    "en": "Not one sentence passed the checks, so none is shown.",
}


class _Plug:
    config = llm.Config


def connection_of(merchant_id: int) -> Connection | None:
    """Where the merchant's settings of the model are kept, also while it is switched off."""
    return Connection.objects.filter(merchant_id=merchant_id, type=PluginType.SOURCE, plugin=PLUGIN).first()


def config_for(merchant_id: int) -> llm.Config:
    """The settings; off where none were ever made."""
    connection = connection_of(merchant_id)
    if connection is None:
        return llm.Config()
    config: llm.Config = config_of(connection, _Plug)
    return config


def configure(merchant: Merchant, member: Member, values: Mapping[str, Any]) -> Connection:
    """Take the form's values; an empty key keeps the old one, unless provider or address changed. Raises Refusal.

    A set-up that cannot be used is refused only where it is to be used.
    """
    if not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以修改辅助翻译。", "Only owners change the assisted translation.")
    connection = connection_of(merchant.pk)
    before = config_for(merchant.pk)
    named = {item.name for item in settings_of(llm.Config)}
    plain = {name: value for name, value in values.items() if name in named and name != "api_key"}
    same_place = (before.provider, before.endpoint) == (plain.get("provider"), plain.get("endpoint"))
    key = str(values.get("api_key") or "").strip() or (before.api_key if same_place else "")
    config = llm.Config(**plain, api_key=key)
    if config.enabled and (why := llm.problem(config)):
        raise Refusal(
            "bad_setting",
            why,
            "These settings cannot be used: check provider, endpoint (https; this machine only with Ollama), model and key.",
        )
    if connection is None:
        connection = Connection.open(merchant, PLUGIN, "辅助翻译", type=PluginType.SOURCE)
    connection.settings, connection.secrets = plain, {"api_key": key} if key else {}
    connection.save(update_fields=["settings", "secrets_sealed"])
    _tell_setting(merchant, member, before, config)
    return connection


def _tell_setting(merchant: Merchant, member: Member, before: llm.Config, after: llm.Config) -> None:
    if before.enabled and not after.enabled:
        record(kinds.TRANSLATION_DISABLED, merchant, actor=member)
        return
    kind = kinds.TRANSLATION_ENABLED if after.enabled and not before.enabled else kinds.TRANSLATION_CHANGED
    record(kind, merchant, actor=member, provider=after.provider, model=after.model)


def previews(notice: Notice, config: llm.Config) -> tuple[llm.Preview, ...]:
    """All that would be sent for this notice; empty where nothing would. Sends nothing."""
    reading = letters.of_row(notice.reading)
    if reading is None or not config.enabled or llm.problem(config) or not config.translates(reading.language):
        return ()
    made = (llm.prepare(reading, config, purpose) for purpose in ("translate", "suggest"))
    return tuple(llm.preview(item) for item in made if item.requests)


def agree(notice: Notice, case: Case, member: Member, digests: list[str]) -> Translation:
    """A member's yes to exactly what was shown, and the job that sends it. Raises Refusal where that has changed since."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    shown = previews(notice, config_for(case.merchant_id))
    if not shown or sorted(digests) != sorted(item.digest for item in shown):
        raise Refusal(
            "preview_changed",
            "将发送的内容或设置已变化，没有发送。请重新查看后再同意。",
            "What would be sent has changed, so nothing was sent. Look at it again before you agree.",
        )
    if Translation.objects.filter(notice=notice, made_at__isnull=True).exists():
        raise Refusal("under_way", "这份来件正在翻译，请稍候。", "This notice is being translated; wait a moment.")
    row = Translation.objects.create(
        merchant_id=case.merchant_id,
        notice=notice,
        member=member,
        provider=shown[0].provider[:120],
        model=shown[0].model[:200],
        digests=[item.digest for item in shown],
    )
    record(
        kinds.TRANSLATION_AGREED,
        case,
        actor=member,
        provider=row.provider,
        model=row.model,
        digest="、".join(item[:12] for item in row.digests),
    )
    jobs.later(translate, case.merchant_id, notice.pk, once=True)
    return row


def translate(merchant_id: int, notice_id: int) -> None:
    """Ask the model what was agreed to, outside a transaction, and keep what passes. Does nothing without an open consent."""
    with acting_for(merchant_id):
        row = Translation.objects.filter(notice_id=notice_id, made_at__isnull=True).select_related("notice").first()
        if row is None:
            return
        config = config_for(merchant_id)
        reading = letters.of_row(row.notice.reading)
    consent = llm.Consent(frozenset(row.digests))
    troubles: list[llm.Trouble] = []
    translation, suggestions = None, llm.Suggestions()
    if reading is not None:
        with outside.client(own=_own(config)) as http:
            translation = llm.translate(reading, config, http, consent, tell=troubles.append)
            suggestions = llm.suggest(reading, config, http, consent, tell=troubles.append)
    with acting_for(merchant_id):
        _keep(row.pk, reading, translation, suggestions, troubles)


def _own(config: llm.Config) -> tuple[str, int] | None:
    """The host and port of a model on this machine; only Ollama may be one, and only at the address that is set."""
    if config.provider != "ollama" or llm.problem(config):
        return None
    parts = urlsplit(llm.address(config))
    return (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))


def _keep(
    pk: int,
    reading: Reading | None,
    translation: llm.Translation | None,
    suggestions: llm.Suggestions,
    troubles: list[llm.Trouble],
) -> None:
    row = Translation.objects.select_for_update(of=("self",)).select_related("notice__case").get(pk=pk)
    if row.made_at is not None:
        return
    if reading is not None:
        merged = llm.merge(reading, suggestions)
        row.suggestions = _suggested(reading, merged)
        row.needs = [code for code in merged.needs_human if code not in reading.needs_human and code in llm.NEEDS]
        row.other_kind = suggestions.kind if suggestions.kind != reading.kind else ""
    if translation is not None:
        row.sentences = [
            {"start": item.span[0], "end": item.span[1], "text": item.original, "zh": item.chinese, "fault": item.fault}
            for item in translation.sentences
        ]
    row.troubles = [{"code": item.code, "zh": str(item), "en": item.english()} for item in dict.fromkeys(troubles)]
    if translation is None and not row.troubles:
        row.troubles = [_NOT_ONE]
    row.made_at = timezone.now()
    row.save()
    case = row.notice.case
    if case is not None:
        _tell_result(row, case)
        _ask_a_person(row, case)


def _suggested(before: Reading, after: Reading) -> list[dict[str, Any]]:
    """What merging added: fields that the rules had not found, and other values for fields that they had."""
    rows: list[dict[str, Any]] = []
    for name, field in after.fields.items():
        mine = before.fields.get(name)
        if mine is None:
            rows.append(_row(name, field.value, field.raw, field.span, "added"))
            continue
        known = {item.value for item in mine.alternatives}
        rows += [
            _row(name, item.value, item.raw, item.span, "disagrees")
            for item in field.alternatives
            if item.why == "model" and item.value not in known
        ]
    return rows


def _row(name: str, value: str, raw: str, span: tuple[int, int] | None, how: str) -> dict[str, Any]:
    start, end = span or (0, 0)
    return {"name": name, "value": value, "raw": raw, "start": start, "end": end, "how": how}


def _tell_result(row: Translation, case: Case) -> None:
    shown = sum(bool(item["zh"]) for item in row.sentences)
    if not shown and not row.suggestions:
        record(kinds.TRANSLATION_FAILED, case, reason=" ".join(item["zh"] for item in row.troubles)[:300])
        return
    record(
        kinds.TRANSLATION_MADE,
        case,
        provider=row.provider,
        shown=shown,
        hidden=len(row.sentences) - shown,
        found=len(row.suggestions),
    )


def _ask_a_person(row: Translation, case: Case) -> None:
    """A case that is still being worked waits for a person where the model reads something else."""
    if not row.needs:
        return
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if locked.waiting_for() in _HELD_UP:
        locked.needs_human = list(dict.fromkeys([*locked.needs_human, *row.needs]))
        locked.save(update_fields=["needs_human", "updated_at"])
