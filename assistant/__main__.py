"""Commands: ask, batch, index, models. Answers go to standard output, progress and errors to standard error."""

import argparse
import errno
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant import batch, factory
from assistant.answer import Answer, Turn
from assistant.settings import Settings, read_settings
from corpus.errors import ProjectError, UsageError
from weights.progress import StderrReport
from weights.store import WeightStore

WRONG_USE, FAILED = 2, 1
_NOT_TO_BE_WRITTEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code of the contract: 0, 2 for wrong use, 1 for anything else."""
    options = _parser().parse_args(arguments)
    level = logging.INFO if options.verbose else logging.ERROR
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except UsageError as error:
        return _complain(error, WRONG_USE)
    except (ProjectError, OSError) as error:
        return _complain(error, FAILED)
    except KeyboardInterrupt:
        return _complain("stopped; a rerun goes on from here", FAILED)


def _ask(options: argparse.Namespace) -> int:
    history = _read_history(options.history)
    assistant = factory.build_assistant(_settings(options))
    answer = assistant.answer(options.question, history, options.language)
    if options.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False))
    else:
        print(_readable(answer))
    return 0


def _batch(options: argparse.Namespace) -> int:
    questions = batch.read_questions(options.input, options.output)
    assistant = factory.build_assistant(_settings(options))
    batch.answer_all(assistant, questions, options.output, StderrReport())
    return 0


def _index(options: argparse.Namespace) -> int:
    from corpus.aids import Aids
    from corpus.load import load_documents
    from index.build import build_index, is_up_to_date

    settings = _settings(options)
    report = StderrReport()
    documents = load_documents(settings.corpus, skipped=report)  # a stream: read once, and not kept
    aids = Aids.beside(settings.corpus)
    if options.check:
        fits = is_up_to_date(documents, settings.index, factory.embedder_identity(), aids)
        said = "is up to date" if fits else "is missing or out of date. Run `python -m assistant index`"
        print(f"The index at {settings.index} {said}.")
        return 0 if fits else FAILED
    embedder = factory.DeferredEmbedder(WeightStore(settings.cache, report), report)
    try:
        done = build_index(documents, settings.index, embedder, report, aids)
    except OSError as error:
        # A read-only disk serves what is there, so it only matters whether that is the right one.
        again = load_documents(settings.corpus)
        if error.errno not in _NOT_TO_BE_WRITTEN or not is_up_to_date(again, settings.index, embedder.identity, aids):
            raise
        print(f"The index at {settings.index} cannot be written, and need not be: it is up to date.")
        return 0
    print(f"documents: {done.documents}\nchunks: {done.chunks}\n{done.seconds:.1f} s")
    return 0


def _models(options: argparse.Namespace) -> int:
    settings = _settings(options)
    store = WeightStore(settings.cache, StderrReport())
    if not options.check:
        store.embedder()
        if settings.model != "none" and not settings.is_remote:
            store.generator(settings.model)
    print("\n".join(store.check()))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    return read_settings(**{name: getattr(options, name, None) for name in ("corpus", "index", "composer")})


def _read_history(file: Path | None) -> list[Turn]:
    if file is None:
        return []
    try:
        return TypeAdapter(list[Turn]).validate_json(file.read_bytes())
    except (OSError, ValidationError):
        form = '[{"role": "user"|"assistant", "content": "..."}, ...]'
        raise UsageError(f"--history {file} cannot be read as a JSON list {form}, oldest first.") from None


def _readable(answer: Answer) -> str:
    lines = [answer.answer, ""]
    lines += [f"({notice.kind}) {notice.text}" for notice in answer.notices]
    for c in answer.citations:
        place = f", {c.section}" if c.section else ""
        lines.append(f"[{c.n}] {c.title}{place} (as of {c.as_of}): “{' '.join(c.quote.split())}”")
    return "\n".join(lines).rstrip()


def _complain(error: object, code: int) -> int:
    print(f"assistant: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens to standard error")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_ask(commands)
    _add_batch(commands)
    _add_index(commands)
    models = commands.add_parser("models", help="fetch and verify the weights")
    models.add_argument("--check", action="store_true", help="only say what is there")
    models.set_defaults(run=_models)
    return parser


def _add_ask(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print the answer object")
    ask.add_argument("--history", type=Path, metavar="FILE", help="JSON list of earlier turns, oldest first")
    ask.add_argument("--language", help="en, it or de; else that of the question")
    _add_shared(ask)
    ask.set_defaults(run=_ask)


def _add_batch(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    many = commands.add_parser("batch", help="answer many questions in one process")
    many.add_argument("input", type=Path, metavar="IN.jsonl")
    many.add_argument("output", type=Path, metavar="OUT.jsonl")
    _add_shared(many)
    many.set_defaults(run=_batch)


def _add_index(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    index = commands.add_parser("index", help="build, update or check an index")
    index.add_argument("--corpus", type=Path, metavar="DIR_OR_JSONL")
    index.add_argument("--index", type=Path, metavar="DIR")
    index.add_argument("--check", action="store_true", help="only say whether it is up to date")
    index.set_defaults(run=_index)


def _add_shared(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", type=Path, metavar="DIR")
    command.add_argument("--composer", choices=("extractive", "model", "auto"))


if __name__ == "__main__":
    sys.exit(main())
