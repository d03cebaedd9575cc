"""A case as files: reading.md, reply.md, package.pdf, package.zip, case.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from goodstanding import knowledge
from goodstanding.dossier import case_facts, checklist, clocks, held
from goodstanding.dossier.cards import BEIJING, in_zone
from goodstanding.models import Case
from goodstanding.reading import explain_need
from goodstanding.reckoning.deadlines import explain_zh
from goodstanding.reckoning.drafting import show

DISCLAIMER = "仅供参考，不构成律师建议。"
_SECTIONS = {
    "what": "是什么",
    "who": "谁发的",
    "when": "最晚何时",
    "otherwise": "不回应的后果",
    "prepare": "需要准备什么",
    "mistakes": "常见错误",
}
_PURPOSES = {"answer": "答复截止", "review": "内部复核", "first_draft": "首稿"}
_STATES = {"present": "✓", "alternative": "（已有替代）", "missing": "✗ 缺"}
_NEEDS = {"required": "必须", "any_of": "至少一项", "helpful": "有帮助"}


def write(case: Case, folder: Path, refused: list[str]) -> dict[str, Any]:
    """Write the files; returns what to tell: ``folder``, ``case``, ``attention`` (Chinese lines)."""
    folder.mkdir(parents=True, exist_ok=True)
    reply = case.replies.first()
    package = case.packages.filter(superseded_at__isnull=True).select_related("document", "archive").first()
    attention = [*refused, *_attention(case)]
    (folder / "reading.md").write_text(_reading(case), encoding="utf-8")
    (folder / "reply.md").write_text(reply.text if reply else "", encoding="utf-8")
    if package:
        (folder / "package.pdf").write_bytes(package.document.read())
        (folder / "package.zip").write_bytes(package.archive.read())
    else:
        attention.append("没有生成材料包，原因见 reading.md")
    data = _data(case, attention)
    (folder / "case.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8"
    )
    return {"folder": str(folder), "case": data, "attention": attention}


def _attention(case: Case) -> list[str]:
    lines = [f"需要人确认：{explain_need(code)}" for code in case.needs_human]
    lines += [f"缺少证据：{item.label}" for item in checklist(case, held(case)).missing if item.need == "required"]
    reply = case.replies.first()
    if reply:
        lines += [gap["message_zh"] for gap in reply.gaps]
    lines += [item["message_zh"] for item in case.findings if item["grade"] in ("fatal", "serious")]
    return list(dict.fromkeys(lines))


def _reading(case: Case) -> str:
    interpretation = case.interpretations.order_by("-pk").first()
    kind = knowledge.kind(case.kind)
    lines = [f"# {kind.label.zh if kind else case.kind} · {case.outside_ref}", "", f"> {DISCLAIMER}", ""]
    for section, title in _SECTIONS.items():
        said = [line for line in (interpretation.card if interpretation else []) if line["section"] == section]
        if said:
            lines += [f"## {title}", ""]
            lines += [f"- {line['zh']}　`{line['source']}`" for line in said]
            lines.append("")
    lines += ["## 期限", ""]
    lines += [
        f"- {_PURPOSES.get(item.purpose, item.purpose)}：{in_zone(item.at, BEIJING)}（北京时间），"
        f"对方时间 {in_zone(item.at, item.zone)}{'（估算）' if item.estimate else ''}，{explain_zh(item)}"
        for item in clocks(case)
    ]
    lines += ["", "## 字段", ""]
    labels = knowledge.knowledge().fact_keys
    lines += [f"- {labels[name].zh}：{show(fact)}　`{fact.source}`" for name, fact in sorted(case_facts(case).items())]
    lines += ["", "## 证据清单", ""]
    for item in checklist(case, held(case)).items:
        how = f"：{item.how_zh}" if item.state == "missing" and item.how_zh else ""
        lines.append(f"- {_STATES[item.state]} {_NEEDS[item.need]}·{item.label}{how}")
    if case.findings:
        lines += ["", "## 发现的问题", ""]
        lines += [f"- {item['grade']}：{item['message_zh']}" for item in case.findings]
    return "\n".join(lines) + "\n"


def _data(case: Case, attention: list[str]) -> dict[str, Any]:
    package = case.packages.filter(superseded_at__isnull=True).first()
    reply = case.replies.first()
    return {
        "number": case.number,
        "case_id": case.outside_ref,
        "kind": case.kind,
        "stage": case.stage,
        "status": case.status,
        "network": case.network,
        "reason": {"scheme": case.reason_scheme, "code": case.reason_code, "category": case.reason_category},
        "family": case.family,
        "amount": f"{case.amount.normalize():f}" if case.amount is not None else None,
        "currency": case.currency,
        "authority": case.authority,
        "issuer": case.issuer,
        "needs_human": case.needs_human,
        "order": case.order.number if case.order else None,
        "order_match": case.order_match,
        "deadlines": [
            {
                "purpose": item.purpose,
                "at": item.at,
                "zone": item.zone,
                "origin": item.origin,
                "estimate": item.estimate,
            }
            for item in clocks(case)
        ],
        "facts": {name: {"value": show(fact), "source": fact.source} for name, fact in case_facts(case).items()},
        "evidence": [
            {
                "kind": item.kind,
                "title": item.title,
                "filename": item.filename,
                "sha256": item.file.sha256,
                "origin": item.origin,
            }
            for item in held(case)
        ],
        "checklist": [
            {"evidence": item.evidence, "need": item.need, "state": item.state}
            for item in checklist(case, held(case)).items
        ],
        "reply": {"version": reply.version, "language": reply.language, "gaps": reply.gaps} if reply else None,
        "package": {"number": package.number, "digest": package.digest, "pages": package.pages} if package else None,
        "findings": case.findings,
        "attention": attention,
        "knowledge": knowledge.version(),
        "disclaimer": DISCLAIMER,
    }
