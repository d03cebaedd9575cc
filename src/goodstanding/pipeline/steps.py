"""The processing log: which stage ran for a delivery, when, how often, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F
from django.utils import timezone

from goodstanding.contract import AdapterError
from goodstanding.models import ProcessingStep, acting_for


@contextmanager
def step(merchant_id: int, delivery_id: int, stage: str) -> Iterator[None]:
    """Log one stage. An error is noted and passed on, so that the job is tried again."""
    with acting_for(merchant_id):
        row, made = ProcessingStep.objects.get_or_create(
            delivery_id=delivery_id,
            stage=stage,
            defaults={"merchant_id": merchant_id, "started_at": timezone.now()},
        )
        if not made:
            ProcessingStep.objects.filter(pk=row.pk).update(
                attempts=F("attempts") + 1, started_at=timezone.now(), finished_at=None, error=""
            )
    try:
        yield
    except Exception as error:
        shown = str(error) if isinstance(error, AdapterError) else f"{type(error).__name__}: {error}"
        with acting_for(merchant_id):
            ProcessingStep.objects.filter(pk=row.pk).update(error=shown[:500])
        raise
    with acting_for(merchant_id):
        ProcessingStep.objects.filter(pk=row.pk).update(finished_at=timezone.now())
