"""An index that was updated is served without a restart."""

import logging
from collections.abc import Callable

from corpus.errors import ProjectError

SECONDS = 10.0  # between two looks, each of which reads one small file
log = logging.getLogger(__name__)


def follow_index(renew: Callable[[], bool], ended: Callable[[float], bool]) -> None:
    """Call `renew` again and again until `ended` (which waits so many seconds) says so, or a new index is not fit."""
    while not ended(SECONDS):
        try:
            if renew():
                log.warning("answers come from the updated index now")
        except ProjectError as error:
            log.warning("the updated index is not served; the one before is, until a restart: %s", error)
            return
