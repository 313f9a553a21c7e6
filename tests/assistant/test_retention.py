from datetime import UTC, datetime, timedelta

from assistant.feedback import FeedbackStore
from assistant.retention import DAY, purge_daily
from corpus.errors import ProjectError
from tests.assistant.test_feedback import GIVEN

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_feedback_is_deleted_when_its_days_are_over(tmp_path):
    now = [NOON]
    store = FeedbackStore(tmp_path / "feedback.sqlite", lambda: now[0])
    store.add(GIVEN)
    waits = []

    def ended(seconds):
        waits.append((seconds, len(store.all())))
        now[0] += timedelta(seconds=seconds)
        return len(waits) == 4

    purge_daily(store, 2, ended, lambda: now[0])
    assert waits == [(DAY, 1), (DAY, 1), (DAY, 1), (DAY, 0)]


def test_a_store_that_cannot_delete_is_tried_again_the_next_day(tmp_path, caplog):
    class Broken(FeedbackStore):
        def purge(self, before):
            raise ProjectError("the disk is read-only")

    tries = []
    purge_daily(Broken(tmp_path / "f.sqlite"), 365, lambda _: tries.append(1) or len(tries) == 2, lambda: NOON)
    assert len(tries) == 2
    assert "the disk is read-only" in caplog.text
