import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.demand import entries, is_unanswered
from assistant.feedback import Feedback, FeedbackStore
from assistant.masking import mask
from corpus.errors import UsageError
from eval import feedback
from eval.__main__ import main
from eval.cases import Case, read_cases
from eval.commands import keeping
from eval.commands.shared import DEV_CASES
from eval.feedback import NO_DOCUMENT, add_case, as_case, worklist
from eval.lint import Checked
from tests.assistant.fakes import HUB
from tests.fakes import FakeEmbedder

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SEED, EXAMPLES = 7, 200
SENTENCES = (
    "My number is {}, what grant do I get?", "Please write to {}.", "{} - how much is IRAP?", "({}) Who runs it?",
    "Sono raggiungibile qui: {}; quanto è l'IRAP?", "Scrivetemi: {}.", "{}, chi gestisce il polo?",
    "Erreichbar unter {}. Wie hoch ist die IRAP?", "Meine Daten: {}", "{} und wer betreibt den Hub?",
)  # fmt: skip
INTRODUCTIONS = (
    "My name is {} and I run a bakery.",
    "Mi chiamo {}, quanto è l'IRAP?",
    "Ich heiße {}. Wie hoch ist sie?",
)
FIRST, LAST = (
    ("Mario", "Anna-Lena", "José", "Ülkü", "giulia"),
    ("Rossi", "Dell'Anna", "von der Leyen", "Müller", "D'Amico"),
)


PHONES = (
    "+39 0461 ######", "0461 ######", "0461/######", "0461-######", "0461######", "(0461) ######", "0464 44 31 ##",
    "+39 347 #######", "347 #######", "347-###-####", "+39 347.###.####", "0039 347 #######", "347#######",
    "+49 (0)89 #######", "089 / ### ## ##", "0171 #######", "+43 512 ######", "+1 (212) 555-####", "01.42.68.##.##",
)  # fmt: skip
IBANS = (
    "IT60X05428111010000######", "IT60 X054 2811 1010 0000 #### ##6", "IT 60 X 05428 11101 000000######",
    "it60x05428111010000######", "DE89 3704 0044 0532 01## ##", "DE8937040044053201####", "AT61 1904 3002 345# ####",
    "GB82 WEST 1234 56## #### ##",
)  # fmt: skip
VATS = (
    "###########", "IT###########", "P.IVA ###########", "partita IVA: IT###########", "IT ###########", "DE3########",
    "USt-IdNr. DE 3########", "DE 3########", "ATU########",
)  # fmt: skip
CARDS = ("4### #### #### ####", "5###-####-####-####", "4###############", "37## ###### #####")
TAX_CODES = ("RSSMRA##T##L###A", "rssmra##t##l###a", "VRD GLI ##B## A###Z", "RSSMRA##TMRL###A")
E_MAILS = ("mario.rossi@example.com", "m_rossi##@pec.example.it", "info+trento@firma-nord.de", "x (at) example.com")
KINDS = {
    "e-mail": E_MAILS, "phone": PHONES, "IBAN": IBANS, "tax code": TAX_CODES, "VAT number": VATS, "card number": CARDS,
    "name": tuple(f"{title}{first} {last}" for title in ("", "Dr. ") for first in FIRST for last in LAST),
}  # fmt: skip


def seeded(seed: int = SEED) -> list[tuple[str, str, str]]:
    """Kind, what is to be masked, and a question that holds it."""
    rng = random.Random(seed)
    examples = []
    for number in range(EXAMPLES):
        kind = list(KINDS)[number % len(KINDS)]
        secret = "".join(rng.choice("123456789") if sign == "#" else sign for sign in rng.choice(KINDS[kind]))
        sentences = INTRODUCTIONS if kind == "name" else SENTENCES
        examples.append((kind, secret, rng.choice(sentences).format(secret)))
    return examples


def _leaks(kind: str, secret: str, masked: str) -> bool:
    """Whether anything of a secret that tells something is still there: the questions hold no figure of their own."""
    if kind in ("name", "e-mail"):
        return any(part in masked for part in secret.split() if len(part) > 3)
    return any(sign.isdigit() for sign in masked)


def test_of_two_hundred_seeded_questions_nearly_all_are_masked_and_called_right():
    examples = [(kind, secret, mask(text)) for kind, secret, text in seeded()]
    leaking = [example for example in examples if _leaks(*example)]
    miscalled = [example for example in examples if f"[{example[0]}]" not in example[2]]
    assert len(examples) == EXAMPLES
    assert len(leaking) <= 0.05 * EXAMPLES, leaking
    assert len(miscalled) <= 0.05 * EXAMPLES, miscalled


def test_the_question_around_it_stays():
    assert mask("Mi chiamo Mario Rossi, P.IVA 01234567890: quanto è l'IRAP?") == (
        "Mi chiamo [name], P.IVA [VAT number]: quanto è l'IRAP?"
    )
    assert mask("My name is Anna. What is IRAP?") == "My name is [name]. What is IRAP?"
    assert mask("call me on 347 1234567 before 26/04/2026") == "call me on [phone] before 26/04/2026"
    assert mask("DE89 3704 0044 0532 0130 00 mein Geld") == "[IBAN] mein Geld"


@pytest.mark.parametrize(
    "text",
    [
        "Who gets 10.000 euro, 2,68 % under law 6/2023 since 26 April 2026?",
        "Between 300.000 and 1.250.000.000 euro, or +12.500.000 €?",
        "340 000 000 euro and 3471234567 euro, 350.000.000,50 €",
        "from 01/02/2024 to 31.12.2026, 2024-01-05, 05/2024-12/2025, 08.30-12.30",
        "ATECO 62.01.00 and 01.13.10, ISO 9001:2015, EU27 2021 2022 2023",
        "the years 2021-2027, 2014–2020, 2019 2020 2021 2022",
        "38122 Trento, A22, D.lgs. 231/2001, 0,85 %, 04/2026, Regulation (EU) 651/2014",
        "telephone costs of 1.200.000 euro, mobile workers 2021-2027, VAT of 22 % on 10.000.000",
        "Il nome è noto: come si chiama il polo? Wie heißt der Hub? My company is HIT.",
        "12345678901 euro; 1.000.000.000.000 lire",
    ],
)
def test_ordinary_figures_stay(text):
    assert mask(text) == text


def test_hardly_anything_of_the_committed_cases_is_masked():
    questions = [turn.user for file in DEV_CASES for case in read_cases(file) for turn in case.questions()]
    assert [text for text in questions if mask(text) != text] == []


GIVEN = Feedback(
    id="f1",
    at="2026-11-20T12:00:00.000+00:00",
    language="en",
    question="How long is the tram of Riva?",
    question_used="How long is the tram of Riva?",
    status="not_in_corpus",
    answer="The documents do not say.",
    index_version="1",
    verdict="down",
)
CITED = ({"document": "hub", "quote": "It hosts 30 companies."}, {"document": "lakes", "quote": "A lake."})


def said(question: str, day: int = 1, **changed) -> Feedback:
    at = f"2026-11-{day:02}T12:00:00.000+00:00"
    given = {"id": f"{question[:9]}-{day}", "at": at, "question": question, "question_used": question}
    return replace(GIVEN, **{**given, **changed})


def test_like_questions_are_one_entry_the_most_wanted_first_then_the_newest():
    tram, ski, spa = "How long is the tram of Riva?", "Cost of the ski pass at Andalo?", "Where is a thermal spa?"
    asked = [said(ski, 2), said(tram, 1), said(spa, 9), said(tram + "!", 5), said("the tram of Riva how long is", 3)]
    found = entries(asked, FakeEmbedder())
    assert [(entry.question, len(entry.items)) for entry in found] == [(tram + "!", 3), (spa, 1), (ski, 1)]


def test_a_question_in_another_language_is_the_same_question():
    embedder = FakeEmbedder(means={"quanto": "how", "lungo": "long", "tram": "tram"})
    (entry,) = entries([said("how long tram", 1), said("quanto lungo tram", 2, language="it")], embedder)
    assert Counter(item.language for item in entry.items) == {"en": 1, "it": 1}


def test_nothing_said_needs_no_model():
    assert entries([], None) == []


def test_a_follow_up_counts_as_what_was_searched():
    first, second = (
        said("And there?", day, question_used=f"And there? ({word})") for day, word in ((1, "IRAP"), (2, "visas"))
    )
    assert [entry.question for entry in entries([first, second], FakeEmbedder())] == [
        "And there? (visas)",
        "And there? (IRAP)",
    ]


def test_who_asks_makes_no_difference_to_what_is_asked():
    asked = ("My name is {}, tel. {}. How long is the tram of Riva?".format(*who) for who in
             (("Mario Rossi", "0461 123456"), ("Ada Verdi", "347 1234567")))  # fmt: skip
    (entry,) = entries([said(text, day) for day, text in enumerate(asked, 1)], FakeEmbedder())
    assert len(entry.items) == 2


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("not_in_corpus", "", True),
        ("out_of_scope", "", True),
        ("unavailable", "", True),
        ("answered", "not answered", True),
        ("answered", "", False),
        ("partial", "", True),
        ("partial", "wrong figure", False),
    ],
)
def test_what_counts_as_not_answered(status, reason, expected):
    assert is_unanswered(replace(GIVEN, status=status, reason=reason)) is expected


def test_the_list_tells_gaps_from_dislikes_and_leaves_out_what_was_liked():
    answered = {"status": "answered", "citations": CITED}
    items = [
        said("How long is the tram of Riva?", 1),
        said("How long is the tram of Riva??", 2, language="it", comment="write to a@b.it"),
        said("How many companies?", 3, **answered, reason="wrong figure"),
        said("Who runs the hub?", 4, **answered, verdict="up"),
        said("Where is the hub?", 5, **answered, reason="not answered"),
    ]
    gaps, disliked = worklist(items, FakeEmbedder()).split("## Answered, and not liked (1)")
    assert "5 answers were judged, 1 of them liked." in gaps
    assert "## Not answered: gaps of the documents (3)" in gaps
    assert gaps.index("- [ ] 2 × `How long is the tram of Riva??`") < gaps.index("- [ ] 1 × `Where is the hub?`")
    assert f"  - {NO_DOCUMENT}; it 1, en 1; not_in_corpus 2; newest 2026-11-02, `How long -2`" in gaps
    assert "  - “`write to [e-mail]`”" in gaps
    assert f"- {NO_DOCUMENT}: en 1, it 1\n- `hub`: en 1\n" in gaps
    assert (
        "- [ ] 1 × `How many companies?`\n  - `hub`; en 1; wrong figure 1; newest 2026-11-03, `How many -3`" in disliked
    )
    assert "Who runs" not in gaps + disliked


def test_more_than_can_be_compared_is_said_and_the_newest_are_kept(monkeypatch):
    monkeypatch.setattr(feedback, "COMPARED", 2)
    text = worklist(
        [said("Old and odd?", 1), said("Where is a spa?", 2), said("How long is the tram?", 3)], FakeEmbedder()
    )
    assert "(3)\n\nCompared are the newest 2.\n" in text
    assert "Old and odd?" not in text
    assert f"- {NO_DOCUMENT}: en 3" in text


def test_a_list_of_nothing_says_so():
    assert worklist([], FakeEmbedder()).count("Nothing.") == 2


def test_what_strangers_write_is_inert_in_the_list():
    hostile = "# Hi\n- [ ] 99 × `x` [click](http://evil) <script>alert(1)</script>\x1b[31m\u202e" + "y" * 500
    text = worklist([said(hostile, 1, id="a`b", comment=hostile)], FakeEmbedder())
    lines = [line for line in text.splitlines() if "evil" in line]
    assert len(lines) == 2
    assert all(line.count("`") == 2 and len(line) < 260 for line in lines)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "newest 2026-11-01, `a'b`" in text


CHECKED_FACTS = frozenset({"hub.run", "held.out"})
KNOWN = Case(id="q1", group="main", lang="en", question="Who runs the hub?")


@pytest.fixture
def checked():
    return Checked([HUB], CHECKED_FACTS, frozenset({"held"}))


@pytest.fixture
def cases(tmp_path):
    file = tmp_path / "cases.dev.jsonl"
    file.write_text(KNOWN.model_dump_json(), encoding="utf-8")  # its last line not ended
    return file


def promoted(
    question="Who is in charge there?", must=("Trentino Sviluppo|Sviluppo",), fact="hub.run", **changed
) -> Case:
    return as_case(said(question, id="f1", **changed), "Trentino Sviluppo runs it.", [fact], must)


def test_an_item_becomes_a_case_that_eval_reads(cases, checked):
    question = "I am a@b.it, who is in charge?"
    add_case(promoted(question, question_used=question + " (Hub)"), cases, checked, [KNOWN])
    first, second = read_cases(cases)
    assert first == KNOWN
    assert second == Case(
        id="feedback-f1",
        group="main",
        style="feedback",
        lang="en",
        answerable=True,
        question="I am [e-mail], who is in charge? (Hub)",
        reference="Trentino Sviluppo runs it.",
        facts=["hub.run"],
        must_include=["Trentino Sviluppo|Sviluppo"],
    )
    written = cases.read_text(encoding="utf-8").splitlines()[1]
    assert list(json.loads(written)) == [
        "id", "group", "style", "lang", "answerable", "behaviour", "question", "reference", "facts", "must_include",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "behaviour", "group"),
    [
        ("it", "answer", "italian"),
        ("de", "answer", "german"),
        ("de", "abstain", "unanswerable"),
        ("en", "answer-corrected", "adversarial"),
        ("it", "refuse", "adversarial"),
    ],
)
def test_the_group_is_that_of_the_committed_cases(language, behaviour, group):
    case = as_case(replace(GIVEN, language=language), "Not in the documents.", behaviour=behaviour)
    assert (case.group, case.lang, case.answerable) == (group, language, behaviour.startswith("answer"))


def test_the_operator_may_put_the_question_in_other_words_and_they_are_masked_too():
    assert as_case(GIVEN, "x", question="Ask a@b.it: how long?").question == "Ask [e-mail]: how long?"


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        (promoted(fact="hub.nothing"), "there is no fact hub.nothing"),
        (promoted(must=["30 companies"]), "does not include all of"),
        (promoted(must=[]), "lacks facts, must_include or a reference"),
        (promoted(fact="held.out"), "held belongs to the other split"),
        (promoted("  who runs THE hub?"), "is there already: q1 asks 'who runs the hub\\?'"),
        (promoted().model_copy(update={"id": "q1"}), "is there already: q1"),
    ],
)
def test_what_would_be_no_good_case_is_refused_and_nothing_is_written(cases, checked, case, complaint):
    before = cases.read_bytes()
    with pytest.raises(UsageError, match=complaint):
        add_case(case, cases, checked, [KNOWN])
    assert cases.read_bytes() == before


def test_a_file_of_test_cases_takes_what_was_held_out(tmp_path, checked):
    file = tmp_path / "corpus.test.jsonl"
    add_case(promoted(fact="held.out"), file, checked, [])
    assert [case.facts for case in read_cases(file)] == [["held.out"]]


@pytest.fixture
def run(monkeypatch, tmp_path, cases, checked):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keeping, "CASES", cases)
    monkeypatch.setattr(keeping, "_checked", lambda: replace(checked, ids=Counter()))
    monkeypatch.setattr(keeping, "DeferredEmbedder", lambda store, report: FakeEmbedder())
    return lambda *arguments: main([str(argument) for argument in arguments])


@pytest.fixture
def store(tmp_path):
    """Feedback of today, and of a year ago."""
    file = tmp_path / "f.sqlite"
    FeedbackStore(file).add(replace(GIVEN, id="new", question_used="Who is in charge? a@b.it"))
    FeedbackStore(file, lambda: datetime.now(UTC) - timedelta(days=365)).add(replace(GIVEN, id="old"))
    return file


def test_the_list_is_printed_and_written(run, store, tmp_path, capsys):
    assert run("feedback", "--store", store, "--out", tmp_path / "lists" / "list.md") == 0
    out = capsys.readouterr().out
    assert out == (tmp_path / "lists" / "list.md").read_text(encoding="utf-8")
    assert "a@b.it" not in out
    assert "`Who is in charge? [e-mail]`" in out
    assert "`How long is the tram of Riva?`" in out


@pytest.mark.parametrize(("days", "count"), [(30, 1), (366, 2), (10**12, 2), (0, 0)])
def test_only_what_was_said_lately(run, store, capsys, days, count):
    assert run("feedback", "--store", store, "--since", days) == 0
    assert f"{count} answers were judged" in capsys.readouterr().out


def test_before_anybody_said_anything_the_list_is_empty_and_nothing_is_made(run, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert run("feedback") == 0
    assert "0 answers were judged" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == before


def test_one_command_makes_a_case_and_a_second_time_it_is_refused(run, store, cases, capsys):
    given = ("promote", "new", "--reference", "Trentino Sviluppo runs it.", "--facts", "hub.run",
             "--must-include", "Trentino Sviluppo|TS", "runs", "--store", store)  # fmt: skip
    assert run(*given) == 0
    assert "feedback-new stands in" in capsys.readouterr().out
    case = read_cases(cases)[1]
    assert (case.question, case.must_include) == ("Who is in charge? [e-mail]", ["Trentino Sviluppo|TS", "runs"])
    assert run(*given) == 2
    assert "is there already" in capsys.readouterr().err
    assert len(read_cases(cases)) == 2


def test_an_unknown_id_and_a_bad_case_are_wrong_use(run, store, capsys):
    assert run("promote", "none", "--reference", "x", "--store", store) == 2
    assert "There is no feedback none" in capsys.readouterr().err
    assert run("promote", "new", "--reference", "x", "--facts", "no.fact", "--must-include", "y", "--store", store) == 2
    assert "there is no fact no.fact; " in capsys.readouterr().err
