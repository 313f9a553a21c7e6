"""The one change that is being prepared: tried in a temporary folder, shown, then applied or discarded.

One at a time, for two changes tried apart would not be tried together. It ends with the process, and after an hour.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from corpus.errors import UsageError
from index.ownfolder import OwnFolder, remove_leftovers

PREFIX = "assistant-stage-"
EXPIRES = 3600.0  # seconds
T = TypeVar("T")
Say = Callable[[str], None]


class _Abandoned(Exception):
    """Nobody waits for it any more."""


@dataclass
class Stage(Generic[T]):
    """A change in preparation. `outcome` is None while it is worked on; `step` says what is being done then."""

    id: str
    owner: str
    ends: float
    step: str
    outcome: T | None = None
    abandoned: bool = False

    @property
    def running(self) -> bool:
        """Whether it is still worked on."""
        return self.outcome is None


class Stages(Generic[T]):
    """Holds the stage. Safe to use from several threads. `failed` makes an outcome of what nobody foresaw."""

    def __init__(self, failed: Callable[[Exception], T], clock: Callable[[], float] = time.monotonic) -> None:
        remove_leftovers(PREFIX)
        self._failed = failed
        self._clock = clock
        self._lock = threading.Lock()
        self._stage: Stage[T] | None = None
        self._folder: OwnFolder | None = None

    def current(self) -> Stage[T] | None:
        """Return the stage there is, if its hour is not over."""
        with self._lock:
            if self._stage is not None and self._stage.ends <= self._clock():
                self._end()
            return self._stage

    def begin(self, owner: str, work: Callable[[Path, Say], T]) -> None:
        """Begin to prepare a change; `work` gets a folder of its own and says what it does.

        A finished stage of the same owner makes room. Raises `UsageError` for any other stage, `OSError` when there is
        no room for the folder.
        """
        self.current()
        with self._lock:
            if self._stage is not None:
                if self._stage.owner != owner or self._stage.running:
                    raise UsageError("Another change is being prepared. Apply or discard it first.")
                self._end()
            folder = OwnFolder(PREFIX)
            stage: Stage[T] = Stage(secrets.token_hex(8), owner, self._clock() + EXPIRES, "Begun …")
            self._stage, self._folder = stage, folder
        thread = threading.Thread(target=self._run, args=(stage, folder, work), name="stage", daemon=True)
        thread.start()

    def discard(self, stage_id: str) -> None:
        """End the stage with this id; any other has taken its place and stays."""
        self.take(stage_id)

    def take(self, stage_id: str) -> T | None:
        """End the stage with this id and return its outcome: whoever applies it is the only one."""
        with self._lock:
            if self._stage is None or self._stage.id != stage_id:
                return None
            outcome = self._stage.outcome
            self._end()
            return outcome

    def _end(self) -> None:
        assert self._stage
        assert self._folder
        self._stage.abandoned = True
        if not self._stage.running:  # else its own thread does that: it still reads there
            self._folder.close()
        self._stage = self._folder = None

    def _run(self, stage: Stage[T], folder: OwnFolder, work: Callable[[Path, Say], T]) -> None:
        def say(step: str) -> None:
            if stage.abandoned:
                raise _Abandoned
            stage.step = step

        try:
            outcome = work(folder.path, say)
        except _Abandoned:
            folder.close()
            return
        except Exception as error:
            outcome = self._failed(error)
        with self._lock:
            stage.outcome = outcome
            if stage.abandoned:
                folder.close()
