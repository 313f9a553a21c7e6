"""The generator, and the embedding model, as OpenAI-compatible services on loopback, each in a process of its own.

So its memory is counted apart, is given back when it ends, and the failure of one run is not that of the next.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

from assistant.generator import serve_generator
from assistant.settings import read_settings
from corpus.errors import ProjectError, UsageError
from peers.process import Child, last_line
from weights.progress import StderrReport
from weights.store import WeightStore

What = Literal["generator", "embedder"]
_STOP_SECONDS = 30


@dataclass
class Service:
    """Where a model is reached. `peak_bytes` is known once it has ended; 0 for a provider's."""

    url: str
    name: str
    key: str
    peak_bytes: int = 0


@contextmanager
def serving(what: What, room: int, log: Path) -> Iterator[Service]:
    """Serve a model as long as the context lasts. A provider named in the settings is used as it is."""
    settings = read_settings()
    if what == "generator" and settings.is_remote:
        yield Service(settings.model, settings.model_name, settings.model_key.get_secret_value() or "none")
        return
    with Child([sys.executable, "-m", "peers.serve", what, "--room", str(room)], log, piped=True) as child:
        line = child.output.readline()
        if not line:
            raise ProjectError(f"The {what} could not be served: {last_line(log)}")
        service = Service(**json.loads(line))
        try:
            yield service
        finally:
            child.close_input()
            service.peak_bytes = child.wait(_STOP_SECONDS).peak_bytes


def main() -> int:
    """Load a model, say where it is, and serve it until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m peers.serve", description=__doc__)
    parser.add_argument("what", choices=("generator", "embedder"))
    parser.add_argument("--room", type=int, default=0, metavar="TOKENS", help="context of the generator")
    options = parser.parse_args()
    try:
        started = _generator(options.room) if options.what == "generator" else _embedder()
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (url, name, key), _alive = started
    sys.stdout.write(json.dumps({"url": url, "name": name, "key": key}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    return 0


def _generator(room: int) -> tuple[tuple[str, str, str], object]:
    settings = read_settings()
    if settings.model == "none":
        raise UsageError("ASSISTANT_MODEL is none: the peers write with a language model, so name one.")
    return serve_generator(settings, WeightStore(settings.cache, StderrReport()), room)


def _embedder() -> tuple[tuple[str, str, str], object]:
    from sentence_transformers import SentenceTransformer

    folder = WeightStore(read_settings().cache, StderrReport()).embedder()
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    server = embedding_server(lambda texts: model.encode(texts).tolist())
    return (f"http://127.0.0.1:{server.server_port}/v1", folder.name, "none"), server


def embedding_server(embed: Callable[[list[str]], list[list[float]]]) -> ThreadingHTTPServer:
    """Answer `POST /v1/embeddings` on a free loopback port, in a thread of its own."""

    class Embeddings(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
            data = [
                {"object": "embedding", "index": number, "embedding": vector}
                for number, vector in enumerate(embed(texts))
            ]
            usage = {"prompt_tokens": 0, "total_tokens": 0}
            body = json.dumps({"object": "list", "model": asked["model"], "data": data, "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: what is embedded stays here."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Embeddings)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    sys.exit(main())
