"""Quality, measured: ``python -m benchmarks.eval`` (``make eval``).

Every module here whose name has no underscore is a part. A part offers ``measure(options) -> dict`` and
``tables(figures) -> Iterable[Table]``; adding one is adding a file.
"""
