"""Documents are added, replaced and retired on the operator's page: nothing unsound is written, nothing is lost."""

import re
import shutil
import sys
import threading
from contextlib import contextmanager
from datetime import date
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.feedback import FeedbackStore
from assistant.settings import Settings
from corpus.check import check_corpus
from corpus.facts import facts_beside, read_facts
from corpus.load import load_documents
from index.build import build_index
from index.retrieve import Retriever
from tests.assistant import fakes
from tests.corpus.small import HEAD, SOURCE, write_small
from tests.ui.conftest import HOSTILE
from tests.ui.fakes import FakeEngine
from tests.ui.test_operator import PASSWORD, log_in, token
from ui.operator import stage
from ui.operator.rebuild import Rebuild
from ui.operator.routes import operator_routes
from ui.operator.sessions import Sessions
from ui.operator.state import Operated
from ui.operator.uploads import MAX_UPLOAD, UPLOAD
from ui.server import MAX_BODY, BodyLimit, build_app

TODAY = date(2026, 11, 26)
QUESTION = "How deep is the harbour basin?"
ACTS = [f"/operator/documents/{act}" for act in ("retire", "apply", "discard")]


def document(id_="harbour", language="en", text="## Harbour\n\nThe harbour basin is deep and calm.\n", **fields):
    head = HEAD.format(id=id_, language=language, original="null").removesuffix("---\n")
    head += "sources:\n- {publisher: An office, title: A page, as_of: 2026-01}\n"
    for name, value in fields.items():
        head = re.sub(rf"^{name}:.*\n", "", head, flags=re.MULTILINE) + f"{name}: {value}\n"
    return f"{head}---\n{text}"


class Desk:
    """The operator's page over a small corpus of its own, with every part real but the model of the vectors."""

    def __init__(self, root, made, embedder=None):
        shutil.copytree(made, root, dirs_exist_ok=True)
        self.folder = root / "documents"
        self.embedder = embedder or fakes.NearEmbedder()
        self.settings = Settings(
            _env_file=None,
            corpus=self.folder,
            index=root / "index",
            feedback=root / "feedback.sqlite",
            operator_password=PASSWORD,
        )
        self.assistant = fakes.assistant(Retriever(self.settings.index, self.embedder))
        self.updated = root / "updated"
        command = [sys.executable, "-c", f"open({str(self.updated)!r}, 'w').close()"]
        self.operated = Operated(
            self.settings, self.assistant, FeedbackStore(self.settings.feedback), Rebuild(command, {}), lambda: TODAY
        )
        self.app = FastAPI()  # without the chat, which takes a second to build
        self.app.add_middleware(BodyLimit, counted_there={UPLOAD})
        self.app.include_router(operator_routes(self.operated, Sessions(PASSWORD)))
        self.client = self.sign_in()

    def index(self):
        index(self.folder, self.embedder)

    def sign_in(self):
        client = TestClient(self.app, follow_redirects=False)
        log_in(client)
        client.token = token(client)
        return client

    def add(self, *files, questions="", client=None, **fields):
        """Send files (name, content); return the page when the stage is done."""
        client = client or self.client
        sent = [("file", (name, content)) for name, content in files]
        data = {"token": client.token, "questions": questions, **fields}
        response = client.post(UPLOAD, data=data, files=sent or [("file", ("", b""))])
        return response if response.status_code != 303 else self.page(client)

    def retire(self, questions="", **fields):
        response = self.client.post(
            "/operator/documents/retire", data={"token": self.client.token, "questions": questions, **fields}
        )
        return response.text if response.status_code != 303 else self.page()

    def page(self, client=None):
        for thread in threading.enumerate():
            if thread.name in ("stage", "rebuild"):
                thread.join(60)
        return unescape((client or self.client).get(UPLOAD).text)

    def act(self, what, client=None, **fields):
        client = client or self.client
        shown = re.search(r'name="stage" value="([^"]+)"', client.get(UPLOAD).text)
        data = {"token": client.token, "stage": shown[1] if shown else "", **fields}
        return client.post(f"/operator/documents/{what}", data=data)

    def files(self):
        return {path.relative_to(self.folder.parent).as_posix(): path.read_bytes() for path in self.everything()}

    def everything(self):
        return [p for place in ("documents", "retired") for p in (self.folder.parent / place).rglob("*") if p.is_file()]


def index(folder, embedder):
    build_index(load_documents(folder), folder.parent / "index", embedder, lambda _: None)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("made")
    index(write_small(root), fakes.NearEmbedder())
    return root


@pytest.fixture
def desk(tmp_path, made):
    desk = Desk(tmp_path, made)
    yield desk
    desk.act("discard")


@contextmanager
def unchanged(desk):
    before = desk.files()
    yield
    assert desk.files() == before


def side(page, number=0):
    """What stands before and after for a question."""
    article = page.split('<article class="compared"')[1 + number].split("</article>")[0]
    return article.split("<h4>After</h4>")


def test_what_is_unsound_is_said_with_its_line_and_nothing_is_written(desk):
    bad = document(text="## Harbour\n\nIt has 17 piers.[^hub.firms]\n\n[x](javascript:1)\n")
    with unchanged(desk):
        page = desk.add(("x.md", bad))
    lines = bad.splitlines()
    assert "This has to be mended first. Nothing was changed." in page
    assert re.search(r"<strong>Line \d+</strong>: 17 not in hub.firms: “It has 17 piers.”", page)
    assert "the link 'javascript:1' is not a web address" in page
    assert "It has 17 piers.[^hub.firms]" in page  # to be edited, and the line of the finding
    assert "Apply" not in page
    assert lines


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document(as_of="31 May"), "as_of is no day like 2026-11-26, 2026-11 or 2026."),
        (document(id="../../x"), "id may hold small letters, digits and hyphens only."),
        (document(status="gone"), "status has to be 'current', 'historic'"),
        (document(mood="good"), "mood is no field of a document."),
        (document().replace("licence: CC BY 4.0\n", ""), "licence is missing."),
        (document(title="[unclosed"), "Line 17</strong>: The front matter cannot be read."),
        (document(text=" \n"), "It has no text below its front matter."),
        (document(superseded_by="nobody"), "superseded_by names nobody, which is no document"),
        (document("x" * 101), "id: is longer than 100 characters"),
    ],
)
def test_every_finding_is_in_plain_words(desk, text, said):
    with unchanged(desk):
        assert said in desk.add(("x.md", text))


@pytest.mark.thorough
def test_a_line_is_that_of_the_text_shown(desk):
    page = desk.add(("x.md", document(confidence="sure")))
    text = re.search(r'class="document"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1]
    line = int(re.search(r"Line (\d+)</strong>: confidence has to be", page)[1])
    assert text.splitlines()[line - 1] == "confidence: sure"


def test_a_sound_document_is_previewed_and_applied_and_answered_from(desk):
    with unchanged(desk):
        page = desk.add(("x.md", document()), questions=QUESTION)
    before, after = side(page)
    assert "The harbour basin is deep and calm." not in before
    assert "The harbour basin is deep and calm." in after.split("</li>")[0]
    assert "of this change" in after.split("</li>")[0]
    assert "Added: <strong>en/harbour.md</strong>" in page
    assert re.search(r"Passages added</dt><dd>1</dd>\n<dt>Passages removed</dt><dd>0<", page)
    assert desk.act("apply").headers["location"] == "/operator#rebuild"
    assert (desk.folder / "en/harbour.md").read_text() == document()
    assert "Add or replace" in desk.page()
    assert desk.updated.exists()
    desk.index()
    assert desk.assistant.renew()
    assert "deep and calm" in desk.assistant.answer(QUESTION).answer


def test_what_is_replaced_is_kept(desk):
    old = (desk.folder / "en/tax.md").read_bytes()
    new = old.decode().replace("## Rates", "## Rates of tax")
    page = desk.add(("other.md", new))
    assert "Replaced: <strong>en/tax.md</strong>" in page
    desk.act("apply")
    assert (desk.folder / "en/tax.md").read_text() == new
    assert [path.read_bytes() for path in (desk.folder.parent / "retired").rglob("tax.md")] == [old]
    assert {d.id for d in load_documents(desk.folder)} == {"hub", "tax"}


@pytest.mark.thorough
def test_what_follows_from_the_marks_is_written_for_the_operator(desk):
    text = document(text="## Firms\n\nIn May 2025 the hub housed 1,214 firms.[^hub.firms]\n")
    assert "What changes" in desk.add(("x.md", text))
    desk.act("apply")
    assert "hub.firms" in (desk.folder / "en/harbour.md").read_text()
    assert check_corpus(desk.folder, TODAY).errors == []


@pytest.mark.thorough
def test_a_translation_that_no_longer_fits_is_found_and_both_together_are_sound(desk):
    english, italian = ((desk.folder / f"{language}/tax.md").read_text() for language in ("en", "it"))
    english, italian = (text + "\n## More\n\nMore text here.\n" for text in (english, italian))
    with unchanged(desk):
        page = desk.add(("x.md", english))
    assert "it/tax.md</strong>: 1 sections, the English text 2" in page
    assert "What changes" in desk.add(("x.md", english), ("y.md", italian))


def test_a_retired_document_is_gone_from_what_is_found_and_its_facts_keep_the_reason(desk):
    with unchanged(desk):
        page = desk.retire("What is the rate for two years?", document="tax", way="out", reason="It was repealed.")
    before, after = side(page)
    assert "2.68%" in before
    assert "2.68%" not in after
    assert re.search(r"Passages removed</dt><dd>2<", page)
    desk.act("apply")
    assert {d.id for d in load_documents(desk.folder)} == {"hub"}
    facts = read_facts(facts_beside(desk.folder))
    assert [fact.omitted for fact in facts.values()] == ["", "", "It was repealed."]
    assert check_corpus(desk.folder, TODAY).errors == []
    kept = {path.name for path in (desk.folder.parent / "retired").rglob("*") if path.is_file()}
    assert kept == {"tax.md", "facts.jsonl"}


@pytest.mark.thorough
def test_one_language_is_retired_and_the_original_of_a_translation_is_not(desk):
    assert "Taken out: <strong>de/hub.md" in desk.retire(document="hub", language="de", reason="Old.")
    desk.act("discard")
    assert "translation_of names hub" in desk.retire(document="hub", language="en", reason="Old.")


@pytest.mark.thorough
def test_a_superseded_document_says_by_what(desk):
    assert "Replaced: <strong>en/tax.md" in desk.retire(document="tax", way="superseded", heir="hub")
    desk.act("apply")
    assert {d.status for d in load_documents(desk.folder) if d.id == "tax"} == {"superseded"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"document": "../../etc/passwd", "reason": "x"},
        {"document": "tax", "language": "de", "reason": "x"},
        {"document": "tax", "way": "superseded", "heir": "tax"},
        {"document": "tax", "reason": " "},
    ],
)
def test_a_retirement_that_says_too_little_is_none(desk, fields):
    assert 'role="alert"' in desk.retire(**fields)
    assert "Add or replace" in desk.page()


def test_of_a_text_a_draft_is_made_that_names_what_is_missing(desk):
    page = desk.add(("notes.html", b"<title>The harbour</title><h1>The harbour</h1><p>It is deep and calm there.</p>"))
    assert "A draft was made" in page
    for missing in ("kind", "summary", "publisher", "licence", "publisher of sources number 1"):
        assert f"</strong>: {missing} is missing." in page
    text = re.search(r'class="document"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1]
    assert "id: the-harbour\n" in text
    assert text.endswith("---\nIt is deep and calm there.\n")
    for field in ("kind", "summary", "publisher", "licence"):
        text = text.replace(f"\n{field}: null", f"\n{field}: x")
    text = text.replace("publisher: null", "publisher: x").replace("as_of: null", "as_of: 2026")
    assert "Added: <strong>en/the-harbour.md" in desk.add(text=text.replace("\n", "\r\n"), name="notes.html")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.exe", b"MZ", "x.exe: is of a kind that is not read"),
        ("x", b"text", "x: is of a kind that is not read"),
        ("x.pdf", b"not a pdf", "x.pdf: begins with something else"),
        ("x.md", b"---\nid: \xff\x00", "x.md: holds zero bytes"),
        ("x.txt", b" \n ", "x.txt: has no text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(desk, name, content, said):
    with unchanged(desk):
        page = desk.add((name, content))
    assert said in page
    assert str(desk.folder.parent) not in page


def test_hostile_names_and_texts_are_shown_as_text(desk):
    name = f"../../{HOSTILE}/x.md"
    hostile = document(title=f"'{HOSTILE.splitlines()[0].replace(chr(39), '’')}'", text=f"## {HOSTILE}\n\n{HOSTILE}\n")
    with unchanged(desk):
        desk.add((name, hostile.replace("licence", "license")), questions=HOSTILE)
        shown = [desk.client.get(UPLOAD).text]
        desk.act("discard")
        desk.add(("x.md", hostile.replace("javascript:window.ran=4", "https://evil.example/")), questions=HOSTILE)
        shown.append(desk.client.get(UPLOAD).text)
    for page in shown:
        assert "<script>window" not in page
        assert not re.search(r"<(img|svg|iframe|style)\b", page)


def test_who_is_not_signed_in_changes_nothing(desk):
    stranger = TestClient(desk.app, follow_redirects=False)
    with unchanged(desk):
        for path in (UPLOAD, "/operator/documents/stage"):
            assert stranger.get(path).headers["location"] == "/operator/login"
        assert stranger.post(UPLOAD, files={"file": ("x.md", document())}).headers["location"] == "/operator/login"
        for path in ACTS:
            assert stranger.post(path, data={"token": "x"}).headers["location"] == "/operator/login"
    assert "Add or replace" in desk.page()


@pytest.mark.parametrize("sent", [{}, {"token": "x"}, {"token": "é"}])
def test_a_form_without_the_token_of_the_session_changes_nothing(desk, sent):
    assert desk.client.post(UPLOAD, data=sent, files={"file": ("x.md", document())}).status_code == 403
    for path in ACTS:
        assert desk.client.post(path, data=sent).status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    sent = {"token": desk.client.token}
    assert desk.client.post(UPLOAD, data=sent, files={"file": ("x", b"")}, headers=foreign).status_code == 403


@pytest.mark.thorough
def test_only_this_form_may_be_large_and_only_where_there_is_an_operator(desk):
    large = b"x" * (MAX_BODY + 1)
    with_operator = TestClient(build_app(FakeEngine(), operated=desk.operated), follow_redirects=False)
    assert with_operator.post(UPLOAD, content=large).headers["location"] == "/operator/login"
    assert with_operator.post("/operator/login", content=large).status_code == 413
    assert TestClient(build_app(FakeEngine())).post(UPLOAD, content=large).status_code == 413


def test_this_form_has_a_limit_too(desk):
    large = b"x" * (MAX_BODY + 1)
    assert desk.client.post(UPLOAD, data={"token": desk.client.token}, content=large).status_code == 403
    for path in ACTS:
        assert desk.client.post(path, content=large).status_code == 413
    assert desk.client.post(UPLOAD, content=b"x" * (MAX_UPLOAD + 1)).status_code == 413
    assert "more than 3 documents" in desk.add(*[(f"{n}.md", document()) for n in range(4)]).text
    assert "No file was chosen" in desk.add().text


def test_another_session_is_told_and_may_discard_but_not_apply(desk):
    desk.add(("x.md", document()))
    other = desk.sign_in()
    assert "Another session is preparing a change." in desk.page(other)
    with unchanged(desk):
        assert desk.add(("x.md", document()), client=other).status_code == 409
        assert "not being prepared" in desk.act("apply", other).text
    assert "What changes" in desk.page()
    desk.act("discard", other)
    assert "Add or replace" in desk.page()


@pytest.mark.thorough
def test_nothing_is_applied_over_what_somebody_else_wrote(desk):
    desk.add(("x.md", document("tax", text="## Rates\n\n- Rates are generally 2.68% for two years.[^tax.rate]\n")))
    (desk.folder / "en/tax.md").write_text("other")
    with unchanged(desk):
        assert "changed by somebody else" in desk.act("apply").text


@pytest.mark.thorough
def test_a_stage_ends_by_itself_and_leaves_nothing(desk, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    desk.add(("x.md", document()))
    assert [*tmp_path.glob(f"{stage.PREFIX}*/documents")]
    monkeypatch.setattr(stage, "EXPIRES", -1.0)
    desk.act("discard")
    assert not [*tmp_path.glob(f"{stage.PREFIX}*")]
    desk.add(("x.md", document()))
    assert "Add or replace" in desk.page()
    assert not [*tmp_path.glob(f"{stage.PREFIX}*")]


@pytest.mark.thorough
def test_what_readers_asked_in_vain_is_compared_too(desk):
    from dataclasses import replace

    from tests.assistant.test_feedback import GIVEN

    missed = replace(GIVEN, status="not_in_corpus", reason="", question="How calm is the harbour?", question_used="")
    desk.operated.store.add(missed)
    page = desk.add(("x.md", document()), questions=f"{QUESTION}\n\n{QUESTION}\n")
    assert "of 2 differ)" in page
    assert page.index(QUESTION) < page.index("How calm is the harbour?")


@pytest.mark.thorough
def test_without_an_index_or_a_folder_there_is_a_sentence_and_no_path(desk):
    (desk.settings.index / "CURRENT").unlink()
    page = desk.add(("x.md", document()))
    assert "Nothing was changed." in page
    assert str(desk.folder.parent) not in page


@pytest.mark.thorough
def test_facts_keep_their_other_lines(desk):
    before = facts_beside(desk.folder).read_text().splitlines()
    desk.retire(document="tax", reason="Gone.")
    desk.act("apply")
    after = facts_beside(desk.folder).read_text().splitlines()
    assert before[:2] == after[:2]
    assert SOURCE["url"] in after[0]
