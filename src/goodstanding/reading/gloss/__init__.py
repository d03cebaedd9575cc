"""The gloss in Chinese, sentence by sentence, and the knowledge cards that go with a reading."""
