"""The addresses where documents are added, replaced and retired: a form, a preview, then apply or discard."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from corpus.applying import RETIRED, apply
from corpus.errors import ProjectError, UsageError
from corpus.extract import SUFFIXES
from ui.operator.choices import choices, retirement
from ui.operator.guard import Guard
from ui.operator.preview import MOST_QUESTIONS
from ui.operator.sessions import Session
from ui.operator.stage import EXPIRES, Say, Stages
from ui.operator.state import Operated
from ui.operator.uploads import MAX_UPLOAD, MOST_FILES, UPLOAD, Sent, sent
from ui.operator.web import HOME, fields, json, page, problem, redirect
from ui.operator.work import (
    LONGEST_TEXT,
    Draft,
    Outcome,
    Ready,
    failed,
    prepare_documents,
    prepare_retirement,
    read_upload,
)

_TITLE = "Change documents"
_NO_FOLDER = "Only a folder of documents can be changed here, and this collection is none."
_LIMITS = {
    "files": MOST_FILES,
    "megabytes": MAX_UPLOAD // 1024**2,
    "questions": MOST_QUESTIONS,
    "minutes": round(EXPIRES / 60),
    "endings": ",".join(sorted(SUFFIXES)),
    "retired": RETIRED,
}


def change_routes(operated: Operated, guard: Guard) -> APIRouter:
    """Return the addresses."""
    pages = _Changes(operated)
    router = APIRouter(include_in_schema=False)
    router.add_api_route(UPLOAD, guard.reading(pages.show))
    router.add_api_route(f"{HOME}/documents/stage", guard.reading(pages.progress))
    router.add_api_route(UPLOAD, guard.upload(pages.change), methods=["POST"])
    for name, handler in {"retire": pages.retire, "apply": pages.apply, "discard": pages.discard}.items():
        router.add_api_route(f"{HOME}/documents/{name}", guard.form(handler), methods=["POST"])
    return router


class _Changes:
    """The handlers. Everything slow is done by the stage, so that each answers at once."""

    def __init__(self, operated: Operated) -> None:
        self._operated = operated
        self._stages: Stages[Outcome] = Stages(partial(failed, operated))

    async def show(self, request: Request, session: Session) -> Response:
        """The stage there is, else the forms."""
        stage = self._stages.current()
        if stage is not None:
            own = secrets.compare_digest(stage.owner, session.token)
            kind = "running" if stage.running else type(stage.outcome).__name__.lower()
            return page("stage.html", stage=stage, kind=kind, own=own, limits=_LIMITS, token=session.token)
        if not self._operated.settings.corpus.is_dir():
            return self._problem(_NO_FOLDER, session)
        there = await run_in_threadpool(choices, self._operated.settings.corpus)
        return page("change.html", choices=there, limits=_LIMITS, token=session.token)

    async def progress(self, request: Request, session: Session) -> Response:
        """What the stage is at, for the page's script."""
        stage = self._stages.current()
        return json({"running": stage is not None and stage.running, "state": stage.step if stage else ""})

    async def change(self, request: Request, session: Session) -> Response:
        """Files to be added, or texts that were edited."""
        form = await sent(request)
        try:
            _require_some(form)
        except UsageError as error:
            return self._problem(str(error), session)
        return await self._begin(session, partial(self._documents, form))

    async def retire(self, request: Request, session: Session) -> Response:
        """Documents to be taken out, or to be called superseded."""
        form = await fields(request)
        try:
            there = await run_in_threadpool(choices, self._operated.settings.corpus)
            wanted = retirement(form, there)
        except UsageError as error:
            return self._problem(str(error), session)
        own = _lines(form.get("questions", ""))
        return await self._begin(session, lambda root, say: prepare_retirement(self._operated, wanted, own, root, say))

    async def apply(self, request: Request, session: Session) -> Response:
        """Write the change that was previewed into the folder, and update the index."""
        form = await fields(request)
        stage, rebuild = self._stages.current(), self._operated.rebuild
        if rebuild.progress().running:
            return self._problem("The index is being updated just now. Apply the change when that is done.", session)
        if stage is None or stage.id != form.get("stage") or stage.owner != session.token:
            return self._problem("This change is not being prepared any more. Begin again.", session)
        ready = self._stages.take(stage.id)
        if not isinstance(ready, Ready):
            return self._problem("This change is not sound. Begin again.", session)
        try:
            await run_in_threadpool(apply, ready.change, self._operated.settings.corpus, datetime.now(UTC))
        except (ProjectError, OSError) as error:
            return self._problem(failed(self._operated, error).reason, session)
        await run_in_threadpool(rebuild.start)
        return redirect(f"{HOME}#rebuild")

    async def discard(self, request: Request, session: Session) -> Response:
        """End the stage; anybody who is signed in may, for the session that began it may be gone."""
        form = await fields(request)
        self._stages.discard(form.get("stage", ""))
        return redirect(UPLOAD)

    def _documents(self, form: Sent, root: Path, say: Say) -> Outcome:
        say("The files are read …")
        (root / "uploads").mkdir()
        drafts = [read_upload(upload, root / "uploads", self._operated) for upload in form.files]
        names = form.values.get("name", [])
        for number, text in enumerate(form.values.get("text", [])):
            name = names[number] if number < len(names) else ""
            drafts.append(Draft(name or f"Text {number + 1}", _unix(text)))
        return prepare_documents(self._operated, drafts, _lines(form.field("questions")), root, say)

    async def _begin(self, session: Session, work: Callable[[Path, Say], Outcome]) -> Response:
        if not self._operated.settings.corpus.is_dir():
            return self._problem(_NO_FOLDER, session)
        try:
            await run_in_threadpool(self._stages.begin, session.token, work)
        except UsageError as error:
            return self._problem(str(error), session, 409)
        except OSError as error:
            return self._problem(failed(self._operated, error).reason, session)
        return redirect(UPLOAD)

    def _problem(self, text: str, session: Session, status: int = 200) -> Response:
        return problem(text, _TITLE, session.token, status)


def _require_some(form: Sent) -> None:
    texts = form.values.get("text", [])
    if not form.files and not texts:
        raise UsageError("No file was chosen. Go back and choose one.")
    if len(form.files) + len(texts) > MOST_FILES:
        raise UsageError(f"These are more than {MOST_FILES} documents. Send less at once.")
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise UsageError(f"A text has more than {LONGEST_TEXT:,} characters. Split it.")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST_QUESTIONS]


def _unix(text: str) -> str:
    """A form sends the line ends of Windows, whatever was typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
