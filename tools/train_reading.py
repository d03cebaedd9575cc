"""Train the head that tells kinds of notices apart, and print what cross-validation says of it.

    python tools/train_reading.py            rewrite src/goodstanding/reading/classify/head.npz
    python tools/train_reading.py --check    train, and compare with the file that is there

The same seeds and the same encoder give the same bytes: full-batch training, a fixed seed, weights rounded on writing.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from goodstanding.reading.classify.decide import decide
from goodstanding.reading.classify.head import MODEL, Array, as_scores, features, log_probabilities
from goodstanding.reading.classify.rules import Setting, score
from goodstanding.reading.result import KINDS

SEEDS = MODEL.parent / "seeds"
FOLDS = 8
SEED = 20261124
_SCALE = 4.0  # vectors are of length 1; larger rows let few steps suffice
_DECAY = 3e-3
_STEPS = 120
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Seed:
    id: str
    kind: str
    language: str
    group: str
    hard: bool
    text: str


def load_seeds(folder: Path = SEEDS) -> list[Seed]:
    """Every text, in a fixed order."""
    found = []
    for kind in KINDS:
        for row in yaml.safe_load((folder / f"{kind}.yaml").read_text(encoding="utf-8")):
            text = f"{row['subject']}\n\n{row['text']}"
            found.append(Seed(row["id"], kind, row["language"], row["group"], bool(row["hard"]), text))
    return found


def surround(seeds: list[Seed], folder: Path = SEEDS) -> list[str]:
    """Each text once more, with a greeting before and small print after it."""
    around = yaml.safe_load((folder / "surroundings.yaml").read_text(encoding="utf-8"))
    dice = random.Random(SEED)  # noqa: S311 - not for secrets
    out = []
    for seed in seeds:
        words = around[seed.language]
        subject, _, body = seed.text.partition("\n\n")
        tail = "\n\n".join(dice.sample(words["after"], 2))
        out.append(f"{subject}\n\n{dice.choice(words['before'])}\n\n{body}\n\n{tail}")
    return out


def fit(rows: Array, labels: Labels, steps: int = _STEPS) -> tuple[Array, Array]:
    """Multinomial logistic regression by Nesterov's method; rare kinds weigh a little more."""
    n, width = rows.shape
    rows = rows * _SCALE
    kinds = len(KINDS)
    share = np.maximum(1, np.bincount(labels, minlength=kinds))
    importance = np.sqrt(n / kinds / share)[labels] / n
    target = np.eye(kinds)[labels]
    curvature = 0.5 * float(np.linalg.norm(rows * np.sqrt(importance)[:, None], 2)) ** 2 + _DECAY + 0.5
    weights, bias = np.zeros((width, kinds)), np.zeros(kinds)
    ahead, ahead_bias, pace = weights, bias, 1.0
    for _ in range(steps):
        gap = (np.exp(log_probabilities(rows @ ahead + ahead_bias)) - target) * importance[:, None]
        new = ahead - (rows.T @ gap + _DECAY * ahead) / curvature
        new_bias = ahead_bias - gap.sum(0) / curvature
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = new + (pace - 1) / faster * (new - weights)
        ahead_bias = new_bias + (pace - 1) / faster * (new_bias - bias)
        weights, bias, pace = new, new_bias, faster
    return weights * _SCALE, bias


def fold_of(seeds: list[Seed]) -> Labels:
    """A fold for every group: texts of one template never stand on both sides."""
    groups = sorted({seed.group for seed in seeds})
    random.Random(SEED).shuffle(groups)  # noqa: S311
    place = {group: index % FOLDS for index, group in enumerate(groups)}
    return np.array([place[seed.group] for seed in seeds])


def out_of_fold(alone: Array, around: Array, labels: Labels, folds: Labels) -> tuple[Array, Array]:
    """Logits of texts that training did not see: alone, and in their surroundings."""
    first, second = np.full((len(labels), len(KINDS)), np.nan), np.full((len(labels), len(KINDS)), np.nan)
    for fold in range(FOLDS):
        kept, held = folds != fold, folds == fold
        weights, bias = fit(np.vstack([alone[kept], around[kept]]), np.tile(labels[kept], 2))
        first[held], second[held] = alone[held] @ weights + bias, around[held] @ weights + bias
    return first, second


def temperature(logits: Array, labels: Labels) -> float:
    """The divisor with the smallest negative log-likelihood."""
    steps = np.round(np.arange(0.2, 2.51, 0.05), 2)
    at = np.arange(len(labels))
    loss = [-float(log_probabilities(logits / step)[at, labels].mean()) for step in steps]
    return float(steps[int(np.argmin(loss))])


def packed(weights: Array, bias: Array) -> bytes:
    """The file's bytes. Rounding to 1/64 keeps the last bits of a machine's arithmetic out of it."""
    buffer = io.BytesIO()
    small = np.round(weights * 64) / 64
    np.savez_compressed(
        buffer,
        kinds=np.array(KINDS),
        weights=small.astype(np.float16),
        bias=np.round(bias, 2).astype(np.float32),
    )
    return buffer.getvalue()


def train(seeds: list[Seed]) -> tuple[bytes, Array, Array, float]:
    """The model's bytes, the out-of-fold log-probabilities (alone, surrounded), the temperature."""
    labels = np.array([KINDS.index(seed.kind) for seed in seeds])
    alone, around = features([seed.text for seed in seeds]), features(surround(seeds))
    first, second = out_of_fold(alone, around, labels, fold_of(seeds))
    heat = temperature(np.vstack([first, second]), np.tile(labels, 2))
    logp, logp_around = log_probabilities(first / heat), log_probabilities(second / heat)
    weights, bias = fit(np.vstack([alone, around]), np.tile(labels, 2))
    return packed(weights / heat, bias / heat), logp, logp_around, heat


def report(logp: Array, labels: Labels, name: str) -> str:
    """Precision, recall and F1 by kind."""
    guess = logp.argmax(1)
    lines, scores = [f"{name}: n={len(labels)}, accuracy {(guess == labels).mean():.3f}"], []
    for index, kind in enumerate(KINDS):
        hit = int(((guess == index) & (labels == index)).sum())
        precision, recall = hit / max(1, int((guess == index).sum())), hit / max(1, int((labels == index).sum()))
        scores.append(2 * precision * recall / max(1e-9, precision + recall))
        lines.append(
            f"  {kind:24} precision {precision:.2f}  recall {recall:.2f}  F1 {scores[-1]:.2f}  n={int((labels == index).sum())}"
        )
    lines.append(f"  macro-F1 {np.mean(scores):.3f}")
    return "\n".join(lines)


def fused(seeds: list[Seed], logp: Array) -> str:
    """What rules and an out-of-fold head decide together, with the sender unknown."""
    guess, alone, wrong = [], 0, []
    for seed, row in zip(seeds, logp, strict=True):
        rules = score(seed.text, seed.language, Setting(subject=seed.text.partition("\n")[0]))
        found = decide(rules, as_scores(row))
        guess.append(KINDS.index(found.kind))
        if not found.needs_human:
            alone += 1
            wrong += [f"{seed.id} read as {found.kind}"] if found.kind != seed.kind else []
    labels = np.array([KINDS.index(seed.kind) for seed in seeds])
    text = report(np.eye(len(KINDS))[guess], labels, "rules and head together")
    return f"{text}\n  without a person: {alone}, of these wrong: {len(wrong)}\n" + "\n".join(
        f"    {line}" for line in wrong
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the shipped file differs")
    options = parser.parse_args()
    seeds = load_seeds()
    labels = np.array([KINDS.index(seed.kind) for seed in seeds])
    content, logp, around, heat = train(seeds)
    print(report(logp, labels, "cross-validation, texts alone"))  # noqa: T201
    print(report(around, labels, "cross-validation, in surroundings"))  # noqa: T201
    print(fused(seeds, logp))  # noqa: T201
    print(f"temperature {heat:.2f}; {len(content) / 1000:.0f} kB")  # noqa: T201
    if options.check:
        same = MODEL.read_bytes() == content
        verdict = "is what the seeds give" if same else "differs from what the seeds give: run tools/train_reading.py"
        print(f"head.npz {verdict}")  # noqa: T201
        return 0 if same else 1
    MODEL.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
