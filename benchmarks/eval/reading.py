"""Reading: kind, authenticity, fields, language on the sealed set; false alarms on ham; speed and memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from rich.table import Table

from goodstanding.reading import FIELDS, KINDS

from . import _ham, _speed
from ._match import matches
from ._options import Options
from ._sealed import Answer, answers, tools
from ._shares import by_kind, macro_f1, of, share, shown

HIGH_STAKES = ("regulator", "chargeback", "legal_threat")


def measure(options: Options) -> dict[str, Any]:
    options.say("reading the sealed set …")
    lent = tools()
    all_answers = answers(lent)
    sure = [item for item in all_answers if not item.asked]
    figures = {
        "lent": {"head": lent.head is not None, "channels": lent.parse_channel is not None},
        "crashed": [f"{item.message.id} {item.broke}" for item in all_answers if item.broke],
        "kind": _kinds(all_answers, sure),
        "authority": _authority(all_answers),
        "fields": _fields(all_answers),
        "deadlines": _deadlines(all_answers),
        "issuer": _issuer(all_answers),
        "language": _language(all_answers),
        "by_language": _by_language(all_answers),
        "by_form": _by_form(all_answers),
        "errors": list(_errors(all_answers)),
    }
    if options.speed:
        options.say("speed and memory …")
        figures["speed"] = _speed.measure()
    if options.ham:
        options.say("ham …")
        figures["ham"] = _ham.measure(options, lent)
    return figures


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _kinds(everything: list[Answer], sure: list[Answer]) -> dict[str, Any]:
    overall = by_kind([(item.message.kind, item.kind) for item in everything], KINDS)
    answered = by_kind([(item.message.kind, item.kind) for item in sure], KINDS)
    hard = [item for item in everything if item.message.hard]
    wrong = Counter((item.message.kind, item.kind) for item in sure if not item.right)
    return {
        "n": len(everything),
        "overall": overall,
        "not_abstained": answered,
        "macro_f1": macro_f1(overall),
        "macro_f1_not_abstained": macro_f1(answered),
        "accuracy": of(item.right for item in everything),
        "accuracy_not_abstained": of(item.right for item in sure),
        "accuracy_hard": of(item.right for item in hard),
        "abstained": share(len(everything) - len(sure), len(everything)),
        "abstained_where_answerable": of(item.asked for item in everything if not item.message.human),
        "had_to_ask": of(item.asked for item in everything if item.message.human == "ask"),
        "wrong_high_stakes": {
            kind: {
                "missed": sum(n for (true, _), n in wrong.items() if true == kind),
                "mistaken_for": sum(n for (_, got), n in wrong.items() if got == kind),
            }
            for kind in HIGH_STAKES
        },
        "confused": {f"{true} → {got}": n for (true, got), n in wrong.most_common()},
        "confused_with_asked": {
            f"{true} → {got}": n
            for (true, got), n in Counter(
                (item.message.kind, item.kind) for item in everything if item.asked and not item.right
            ).most_common()
        },
    }  # fmt: skip


# ── authenticity ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _authority(everything: list[Answer]) -> dict[str, Any]:
    forged = [item for item in everything if item.message.authority == ("phishing",)]
    genuine = [item for item in everything if item.message.authority == ("genuine",)]
    sound = [item for item in everything if "phishing" not in item.message.authority]
    wrong = Counter(
        ("/".join(item.message.authority), item.found["authority"])
        for item in everything
        if item.found["authority"] not in item.message.authority
    )
    return {
        "accuracy": of(item.found["authority"] in item.message.authority for item in everything),
        "phishing_recall": of(item.found["authority"] == "phishing" for item in forged),
        "genuine_recall": of(item.found["authority"] == "genuine" for item in genuine),
        "genuine_called_phishing": of(item.found["authority"] == "phishing" for item in genuine),
        "sound_called_phishing": of(item.found["authority"] == "phishing" for item in sound),
        "forged_called_genuine": of(item.found["authority"] == "genuine" for item in forged),
        "confused": {f"{true} → {got}": n for (true, got), n in wrong.most_common()},
    }  # fmt: skip


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fields(everything: list[Answer]) -> dict[str, dict[str, Any]]:
    """Fields of notices; what is read in mail that is no notice is never shown, and not counted."""
    return {name: _field([item for item in everything if item.message.kind != "not_a_notice"], name) for name in FIELDS}


def _field(notices: list[Answer], name: str) -> dict[str, Any]:
    judged = [item for item in notices if item.message.fields[name] is not None]
    stated = [item for item in judged if None not in item.message.fields[name]]
    unstated = [item for item in judged if None in item.message.fields[name]]
    given = [item for item in stated if item.found["fields"].get(name)]
    return {
        "exact": of(_exact(item, name) for item in stated),
        "exact_not_abstained": of(_exact(item, name) for item in stated if not item.asked),
        "right_among_given": of(_exact(item, name) for item in given),
        "missed": len(stated) - len(given),
        "invented": of(not _exact(item, name) for item in unstated),
        "all": of(_exact(item, name) for item in judged),
    }  # fmt: skip


def _exact(item: Answer, name: str) -> bool:
    return matches(name, item.found["fields"].get(name), item.message.fields[name])


def _deadlines(everything: list[Answer]) -> dict[str, Any]:
    given = [
        item for item in everything if item.message.kind != "not_a_notice" and item.found["fields"].get("deadline")
    ]
    return {
        "wrong_among_given": of(not _exact(item, "deadline") for item in given),
        "wrong_among_given_not_abstained": of(not _exact(item, "deadline") for item in given if not item.asked),
    }


def _issuer(everything: list[Answer]) -> dict[str, Any]:
    """Names count as the same where one contains the other: the product may say more or less than the label."""
    named = [item for item in everything if item.message.issuer and item.message.kind != "not_a_notice"]
    return {"named": of(_same_name(item.found["issuer"], item.message.issuer) for item in named)}


def _same_name(read: str | None, stated: str) -> bool:
    one, two = (read or "").casefold(), stated.casefold()
    return bool(one) and (one in two or two in one)


# ── languages and forms ──────────────────────────────────────────────────────────────────────────────────────────────


def _language(everything: list[Answer]) -> dict[str, Any]:
    spoken = [item for item in everything if item.message.language]
    wrong = Counter(
        (item.message.language, item.found["language"])
        for item in spoken
        if item.found["language"] != item.message.language
    )
    return {
        "accuracy": of(item.found["language"] == item.message.language for item in spoken),
        "confused": {f"{true} → {got}": n for (true, got), n in wrong.most_common()},
    }


def _by_language(everything: list[Answer]) -> dict[str, dict[str, Any]]:
    return {
        name: _slice([item for item in everything if (item.message.language or "(json)") == name])
        for name in sorted({item.message.language or "(json)" for item in everything})
    }


def _by_form(everything: list[Answer]) -> dict[str, dict[str, Any]]:
    return {
        name: _slice([item for item in everything if item.message.form == name])
        for name in sorted({item.message.form for item in everything})
    }


def _slice(some: list[Answer]) -> dict[str, Any]:
    notices = [item for item in some if item.message.kind != "not_a_notice"]
    stated = [
        (item, name)
        for item in notices
        for name in FIELDS
        if item.message.fields[name] is not None and None not in item.message.fields[name]
    ]
    return {
        "n": len(some),
        "accuracy": of(item.right for item in some),
        "abstained": of(item.asked for item in some),
        "accuracy_not_abstained": of(item.right for item in some if not item.asked),
        "authority": of(item.found["authority"] in item.message.authority for item in some),
        "fields_exact": of(_exact(item, name) for item, name in stated),
    }


def _errors(everything: list[Answer]) -> Iterable[dict[str, Any]]:
    """What went wrong, by id and category; never the text."""
    for item in everything:
        message, found = item.message, item.found
        faults = []
        if not item.right:
            faults.append(f"kind {message.kind} → {item.kind}")
        if found["authority"] not in message.authority:
            faults.append(f"authority {'/'.join(message.authority)} → {found['authority']}")
        if message.language and found["language"] != message.language:
            faults.append(f"language {message.language} → {found['language']}")
        if message.kind != "not_a_notice":
            faults += [
                f"{name} {_fault(item, name)}"
                for name in FIELDS
                if message.fields[name] is not None and not _exact(item, name)
            ]
        if message.human == "ask" and not item.asked:
            faults.append("not asked")
        if faults:
            yield {"id": message.id, "language": message.language, "asked": item.asked, "faults": faults}


def _fault(item: Answer, name: str) -> str:
    if not item.found["fields"].get(name):
        return "missed"
    return "invented" if None in item.message.fields[name] else "wrong"


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def tables(figures: dict[str, Any], options: Options) -> Iterable[Table]:
    yield _kind_table(figures["kind"])
    yield _summary_table(figures)
    yield _field_table(figures["fields"])
    yield _slice_table("By language", figures["by_language"])
    yield _slice_table("By form", figures["by_form"])
    for title, found in (
        ("Wrong kind, no person asked", figures["kind"]["confused"]),
        ("Wrong kind, a person asked", figures["kind"]["confused_with_asked"]),
        ("Wrong authority", figures["authority"]["confused"]),
    ):
        yield _count_table(title, found)
    if options.errors:
        yield _error_table(figures["errors"])


def _kind_table(kind: dict[str, Any]) -> Table:
    table = Table(title=f"Kinds, {kind['n']} sealed messages", title_justify="left")
    for head in ("kind", "n", "precision", "recall", "F1", "n sure", "precision", "recall", "F1"):
        table.add_column(head, justify="left" if head == "kind" else "right")
    for name in KINDS:
        cells = [name]
        for figures in (kind["overall"][name], kind["not_abstained"][name]):
            cells += [str(figures["n"]), *(f"{figures[key]:.3f}" for key in ("precision", "recall", "f1"))]
        table.add_row(*cells)
    table.add_row("macro", "", "", "", f"{kind['macro_f1']:.3f}", "", "", "", f"{kind['macro_f1_not_abstained']:.3f}")
    return table


def _summary_table(figures: dict[str, Any]) -> Table:
    kind, authority = figures["kind"], figures["authority"]
    table = Table(title="Figures, with 95 % intervals", title_justify="left", show_header=False)
    rows = [
        ("kind right", shown(kind["accuracy"])),
        ("  … among not abstained", shown(kind["accuracy_not_abstained"])),
        ("  … on hard ones", shown(kind["accuracy_hard"])),
        ("abstained", shown(kind["abstained"])),
        ("  … where a person need not be asked", shown(kind["abstained_where_answerable"])),
        ("asked where a person must be", shown(kind["had_to_ask"])),
        *(
            (f"{name}: wrong without asking", f"{count['missed']} missed, {count['mistaken_for']} mistaken for it")
            for name, count in kind["wrong_high_stakes"].items()
        ),
        ("authority right", shown(authority["accuracy"])),
        ("phishing found", shown(authority["phishing_recall"])),
        ("genuine found", shown(authority["genuine_recall"])),
        ("genuine called phishing", shown(authority["genuine_called_phishing"])),
        ("not phishing, called phishing", shown(authority["sound_called_phishing"])),
        ("phishing called genuine", shown(authority["forged_called_genuine"])),
        ("deadlines wrong among given", shown(figures["deadlines"]["wrong_among_given"])),
        ("  … among not abstained", shown(figures["deadlines"]["wrong_among_given_not_abstained"])),
        ("language right", shown(figures["language"]["accuracy"])),
        ("issuer named", shown(figures["issuer"]["named"])),
        ("crashed", ", ".join(figures["crashed"]) or "0"),
        ("lent", ", ".join(name for name, there in figures["lent"].items() if there) or "rules alone"),
        *_ham_rows(figures.get("ham")),
        *_speed_rows(figures.get("speed")),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _ham_rows(ham: dict[str, Any] | None) -> list[tuple[str, str]]:
    if ham is None:
        return []
    if "skipped" in ham:
        return [("HAM SKIPPED", ham["skipped"])]
    return [
        ("ham: false alarms, no person asked", shown(ham["false_alarms"])),
        ("  … by kind", ", ".join(f"{kind} {n}" for kind, n in ham["by_kind"].items()) or "none"),
        ("ham: a person asked", shown(ham["asked"])),
        ("ham: called phishing", shown(ham["called_phishing"])),
    ]


def _speed_rows(speed: dict[str, Any] | None) -> list[tuple[str, str]]:
    if speed is None:
        return []
    if "skipped" in speed:
        return [("SPEED SKIPPED", speed["skipped"])]
    told = f"{speed['per_second']} (median {speed['median_ms']} ms, slowest {speed['slowest_ms']} ms)"
    return [("notices per second, one core", told), ("memory, MB", str(speed["rss_mb"]))]


def _field_table(fields: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="Fields of notices", title_justify="left")
    for head in ("field", "exact where stated", "… sure", "right among given", "missed", "invented", "all"):
        table.add_column(head)
    for name, item in fields.items():
        table.add_row(
            name, shown(item["exact"]), _short(item["exact_not_abstained"]), _short(item["right_among_given"]),
            str(item["missed"]), f"{item['invented']['hits']}/{item['invented']['n']}", _short(item["all"]),
        )  # fmt: skip
    return table


def _short(value: dict[str, Any]) -> str:
    return f"{value['share']:.1%} {value['hits']}/{value['n']}" if value["n"] else "–"


def _slice_table(title: str, slices: dict[str, dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for head in ("", "n", "kind right", "abstained", "kind right, sure", "authority right", "fields exact"):
        table.add_column(head)
    for name, item in slices.items():
        cells = (
            _short(item[key])
            for key in ("accuracy", "abstained", "accuracy_not_abstained", "authority", "fields_exact")
        )
        table.add_row(name, str(item["n"]), *cells)
    return table


def _count_table(title: str, found: dict[str, int]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, n in found.items():
        table.add_row(name, str(n))
    if not found:
        table.add_row("none", "0")
    return table


def _error_table(errors: list[dict[str, Any]]) -> Table:
    table = Table(title="What went wrong", title_justify="left")
    for head in ("id", "language", "asked", "faults"):
        table.add_column(head)
    for item in errors:
        table.add_row(item["id"], item["language"] or "", "yes" if item["asked"] else "", "; ".join(item["faults"]))
    return table
