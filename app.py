"""The chat page on this machine: builds the assistant and the page around it, and serves it.

python app.py [--host 127.0.0.1] [--port 7860] [--origin https://example.org]
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from corpus.errors import ProjectError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings

# Seconds that an idle connection stays open: longer than proxies and clients keep one, so that none sends its next
# request into a connection that is being closed (uvicorn's own five seconds are what many of them keep it).
KEEP_ALIVE = 75
_CARD = Path(__file__).parent / "docs" / "trust-card.md"  # where `python -m eval card` writes it


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until interrupted; return 1, with one clear line, when it cannot be served."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        _serve(options)
    except ProjectError as error:
        _say(str(error))
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the chat page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument(
        "--origin", action="append", default=[], help="site that may show the page in a frame; repeatable"
    )
    return parser.parse_args(arguments)


def _serve(options: argparse.Namespace) -> None:
    from assistant.settings import read_settings

    begun, settings = time.monotonic(), read_settings(embed_origins=options.origin or None)
    _say("Loading the assistant and the page …")
    # Both mostly read files: together they take as long as the longer one.
    with ThreadPoolExecutor(max_workers=1) as background:
        engine = background.submit(_assistant, settings)
        import uvicorn

        from assistant.feedback import FeedbackStore
        from assistant.renewal import follow_index
        from assistant.retention import purge_daily
        from ui.judging import Judging
        from ui.limits import RateLimit
        from ui.memory import give_back
        from ui.operator.rebuild import updating
        from ui.operator.state import Operated
        from ui.server import ANSWER_SECONDS, build_app

        # The assistant's own deadline comes first: it ends with sources, the page can only cut off.
        seconds = max(ANSWER_SECONDS, settings.deadline + 5)
        store = FeedbackStore(settings.feedback)
        Thread(target=purge_daily, args=(store, settings.feedback_days, Event().wait), daemon=True).start()
        judging = Judging(store, settings.feedback_days)
        assistant = engine.result()
        Thread(target=follow_index, args=(assistant.renew, Event().wait), daemon=True).start()
        Thread(target=give_back, args=(Event().wait,), daemon=True).start()
        operated = Operated(settings, assistant, store, updating(settings))
        limit = RateLimit(settings.questions_per_minute, settings.questions_per_day)
        app = build_app(
            assistant, settings.embed_origins, seconds, judging=judging, card=_CARD, operated=operated, limit=limit
        )
    _say(f"Ready after {time.monotonic() - begun:.0f} s: http://{options.host}:{options.port}  (Ctrl+C ends it)")
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE,
    )


def _assistant(settings: "Settings") -> "Assistant":
    from assistant.factory import build_assistant

    assistant = build_assistant(settings)
    assistant.warm()
    return assistant


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
