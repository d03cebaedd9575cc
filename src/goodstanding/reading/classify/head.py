"""The trained head: which kind a text sounds like, as log-probabilities. Rules decide with it, never it alone.

Trained by ``tools/train_reading.py`` from the texts in ``seeds/``; ``head.npz`` is all it needs beside the encoder.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..fold import fold
from ..result import KINDS
from .head_encoder import Vectors, available, encode, mask
from .scores import Scores

MODEL = Path(__file__).parent / "head.npz"
_OPENING = 120  # characters of the first line: the subject, or a letter's title
_BODY = 320  # characters of the rest: a notice comes to its point; more costs time and adds footers

#: Greetings, closings and small print, a whole line of them. They are in every kind of mail, and would only dilute it.
_GREETING = re.compile(
    r"(?:dear|hello|hi|good (?:morning|day|afternoon)|to whom|sehr geehrte|guten tag|hallo|bonjour|madame|cher|chère|estimad|hola|buenos|gentile|buongiorno|spett|beste|geachte|"
    r"dzień dobry|szanown|拝啓|お世話に|平素|いつも|尊敬的|您好|你好|kind regards|best|regards|yours|sincerely|mit freundlichen|viele grüße|mfg|cordialement|bien à vous|atentamente|un saludo|"
    r"saludos|cordiali|distinti|met vriendelijke|hoogachtend|mvg|z poważaniem|pozdraw|何卒|敬具|此致|敬礼|thanks|thank you|merci|gracias|grazie|danke|sent from my).{0,50}"
)
_SMALL_PRINT = re.compile(
    r"©|all rights reserved|view (?:this|it) (?:e-?mail )?in (?:your|a) browser|do not reply|n[eo] pas répondre|no responda|intended (?:only )?for the addressee|vertrauliche informationen|"
    r"you(?:'re| are) receiving this|sie erhalten diese|vous recevez ce|ha recibido este correo porque|ricevi questa|u ontvangt deze|otrzymujesz tę|registered office|geschäftsführer|"
    r"(?:unsubscribe|preferences|privacy policy|terms|abmelden|datenschutz|désabonner|mentions légales|darse de baja|aviso legal|disiscriviti|uitschrijven|wypisz|配信停止|退订|隐私政策) *[|·]|"
    r"[|·] *(?:unsubscribe|preferences|privacy policy|terms|abmelden|datenschutz|se désabonner|darse de baja|disiscriviti|uitschrijven|wypisz|配信停止|退订|隐私政策)|"
    r"automat\w+ (?:message|erzeugt)|message automatique|mensaje automático|messaggio automatico|automatisch bericht|wygenerowan|自動送信|系统自动发送|破棄して"
)

Array = npt.NDArray[np.float64]


def features(texts: list[str]) -> Array:
    """The vector of the first line beside the vector of what follows: (n, 1024)."""
    pairs = [_parts(text) for text in texts]
    vectors: Vectors = encode([part for pair in pairs for part in pair])
    return vectors.reshape(len(texts), -1).astype(np.float64)


def _parts(text: str) -> tuple[str, str]:
    opening, _, rest = text[:4_000].strip().partition("\n")
    body = mask("\n".join(line for line in rest.split("\n") if not _empty_words(line)))[:_BODY]
    if not body:
        body = mask(opening)[:_BODY]
    return mask(opening[: 2 * _OPENING])[:_OPENING] or "-", body or "-"


def _empty_words(line: str) -> bool:
    flat = fold(line.strip()[:400])
    return len(flat) < 300 and (_GREETING.fullmatch(flat) is not None or _SMALL_PRINT.search(flat) is not None)


@dataclass(frozen=True)
class TrainedHead:
    """``weights`` (1024, kinds) and ``bias`` are divided by the temperature already."""

    weights: Array
    bias: Array

    def __call__(self, text: str, language: str = "") -> Scores:
        """Log-probabilities by kind. A text without letters is hardly a notice, and nothing is sure about it."""
        _ = language
        if not any(char.isalpha() for char in text[:4_000]):
            blank = np.full(len(KINDS), np.log(0.4 / (len(KINDS) - 1)))
            blank[KINDS.index("not_a_notice")] = np.log(0.6)
            return as_scores(blank)
        return as_scores(log_probabilities(features([text]) @ self.weights + self.bias)[0])


def as_scores(logp: Array) -> Scores:
    """Log-probabilities in the order of the kinds; ``hits`` names the likeliest."""
    weights: dict[str, float] = {kind: float(logp[index]) for index, kind in enumerate(KINDS)}
    return Scores(weights, {KINDS[int(np.argmax(logp))]: ("head",)})


def log_probabilities(logits: Array) -> Array:
    """Rows of log(softmax)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


@lru_cache(maxsize=1)
def load_head() -> TrainedHead | None:
    """The shipped head, or None where the encoder is not installed (rules read alone). Loads on first use."""
    if not available():
        return None
    return read_model(MODEL)


def read_model(path: Path) -> TrainedHead:
    """Raises RuntimeError, saying what to do, for a file that is missing, damaged or of other kinds."""
    try:
        with np.load(path, allow_pickle=False) as data:
            if tuple(str(kind) for kind in data["kinds"]) != KINDS:
                raise ValueError("it was trained for other kinds")
            return TrainedHead(data["weights"].astype(np.float64), data["bias"].astype(np.float64))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RuntimeError(
            f"{path.name}: the trained head cannot be read ({error}); run tools/train_reading.py or reinstall the package"
        ) from error
