"""The gloss in Chinese, sentence by sentence, and the knowledge cards that go with a reading."""

from .retrieve import UNREAD, Glossed, gloss

__all__ = ["UNREAD", "Glossed", "gloss"]
