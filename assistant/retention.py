"""Feedback is kept for so many days and no longer."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from assistant.feedback import FeedbackStore
from corpus.errors import ProjectError

DAY = 86_400.0  # seconds
log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def purge_daily(
    store: FeedbackStore, days: int, ended: Callable[[float], bool], clock: Callable[[], datetime] = _now
) -> None:
    """Delete feedback older than `days` now and once a day, until `ended` (which waits so many seconds) says so.

    What the disk refuses is logged, and tried again the next day.
    """
    while True:
        try:
            if removed := store.purge(clock() - timedelta(days=days)):
                log.warning("%d rows of feedback were older than %d days and are deleted", removed, days)
        except ProjectError as error:
            log.warning("feedback older than %d days is not deleted yet: %s", days, error)
        if ended(DAY):
            return
