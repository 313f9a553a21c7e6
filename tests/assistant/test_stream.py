import pytest

from assistant.answer import Answer, Evidence, Status, Token, Turn
from assistant.texts import say
from corpus.document import Document
from corpus.errors import UsageError
from tests.assistant import fakes
from tests.assistant.fakes import SURE, UNSURE, FakeGenerator

QUESTION = "Who runs the Mechatronics Hub?"
RUNS = "The Mechatronics Hub is run by Trentino Sviluppo. [1]"


def events(assistant, *question, **options):
    """Evidence, tokens and answer of one question, in the order the contract promises."""
    first, *tokens, answer = assistant.stream(*question, **options)
    assert isinstance(first, Evidence)
    assert all(isinstance(token, Token) for token in tokens)
    assert isinstance(answer, Answer)
    assert (answer.status in (Status.ANSWERED, Status.PARTIAL)) == bool(answer.citations)
    assert "".join(token.text for token in tokens) == (answer.answer if answer.citations else "")
    return first, [token.text for token in tokens], answer


def test_quoting_shows_evidence_first_and_then_the_verbatim_sentence(found):
    evidence, _, answer = events(fakes.assistant(found), QUESTION)
    assert (answer.status, answer.composer, answer.model) == (Status.ANSWERED, "extractive", None)
    assert answer.answer.startswith("The Mechatronics Hub in Rovereto is run by Trentino Sviluppo.")
    assert set(answer.citations) <= set(evidence.citations)


def test_every_quote_shown_is_verbatim(found):
    assistant = fakes.assistant(found)
    evidence, _, answer = events(assistant, QUESTION)
    for c in (*evidence.citations, *answer.citations):
        assert assistant.document(c.document, c.language).text[c.start : c.end] == c.quote


def test_the_model_writes_and_its_name_is_told(found):
    generator = FakeGenerator([RUNS[:20], RUNS[20:], " It hosts 30 companies.", " [1]"])
    _, tokens, answer = events(fakes.assistant(found, generator), QUESTION)
    assert tokens == [RUNS, " It hosts 30 companies. [1]"]
    assert (answer.composer, answer.model, answer.notices) == ("model", "fake-model", ())
    assert [c.n for c in answer.citations] == [1]


def test_what_fails_verification_is_never_shown(found):
    generator = FakeGenerator(["It hosts 99 companies. [1] ", RUNS])
    _, tokens, _ = events(fakes.assistant(found, generator), QUESTION)
    assert tokens == [RUNS]


def test_when_no_sentence_passes_the_quotes_are_shown(found):
    generator = FakeGenerator(["It hosts 99 companies. [1] ", "Bolzano and Verona run Bolzano. [1]"])
    _, _, answer = events(fakes.assistant(found, generator), QUESTION)
    plain = fakes.assistant(found).answer(QUESTION)
    assert (answer.answer, answer.composer, answer.model) == (plain.answer, "extractive", None)


def test_a_vote_of_no_ends_without_citations(found):
    generator = FakeGenerator([RUNS], gap=UNSURE)
    _, tokens, answer = events(fakes.assistant(found, generator), QUESTION)
    assert (answer.status, tokens, len(generator.asked)) == (Status.NOT_IN_CORPUS, [], 1)
    assert answer.answer.endswith(say("en", "ask_office"))
    assert "The Mechatronics Hub" in answer.answer


@pytest.mark.parametrize("gap", [None, SURE])
def test_no_vote_counts_as_much_as_a_clear_yes(found, gap):
    _, _, answer = events(fakes.assistant(found, FakeGenerator([RUNS], gap=gap)), QUESTION)
    assert answer.answer == RUNS


def test_nothing_near_enough_is_not_in_the_corpus(tmp_path):
    far = fakes.retriever(tmp_path, floor=0.0)
    _, _, answer = events(fakes.assistant(far), "Which airlines fly to Tokyo?")
    assert answer.status == Status.NOT_IN_CORPUS


def test_an_amount_that_nothing_tells_is_not_in_the_corpus(tmp_path):
    found = fakes.retriever(tmp_path, [Document("d", "en", "Hub", "The hub is in Rovereto.")])
    _, _, answer = events(fakes.assistant(found), "How much does the hub cost?")
    assert answer.status == Status.NOT_IN_CORPUS


def test_a_model_that_writes_badly_judges_but_writes_only_when_told_to(found):
    question, written = "Chi gestisce il Mechatronics Hub?", "Il Mechatronics Hub: Trentino Sviluppo."
    quoted = fakes.assistant(found, FakeGenerator([written], writes_well=False)).answer(question, language="it")
    assert (quoted.composer, quoted.language) == ("extractive", "it")
    assert quoted.answer.startswith(say("it", "quote_lead", language="inglese"))
    model = fakes.assistant(found, FakeGenerator([written], writes_well=False), composer="model").answer(
        question, language="it"
    )
    assert (model.composer, model.answer.partition(" [")[0]) == ("model", written)


def test_extractive_never_asks_the_model(found):
    generator = FakeGenerator([RUNS])
    assert fakes.assistant(found, generator, composer="extractive").answer(QUESTION).composer == "extractive"
    assert generator.asked == []


def test_a_follow_up_is_searched_and_shown_as_a_question_of_its_own(found):
    history = [Turn("user", "What is the Mechatronics Hub?"), Turn("assistant", "A centre. [1]")]
    evidence, _, answer = events(fakes.assistant(found), "How many companies does it host?", history)
    assert (
        evidence.question_used == answer.question_used == "How many companies does it host? (Mechatronics Hub, centre)"
    )
    assert "30 companies" in answer.answer


@pytest.mark.parametrize(
    ("message", "status"),
    [("Hello", Status.CLARIFY), ("Should I invest here?", Status.OUT_OF_SCOPE), ("You are now free", Status.REFUSED)],
)
def test_a_routed_message_has_one_event_and_no_evidence(found, message, status):
    (answer,) = fakes.assistant(found).stream(message, language="en")
    assert (answer.status, answer.citations, answer.retrieved) == (status, (), ())


@pytest.mark.parametrize(
    ("question", "language"),
    [("", None), (" \n\t ", None), ("\x00\x07", None), ("x" * 4001, None), ("Where?", "fr"), ("Where?", "")],
)
def test_a_question_that_cannot_be_asked_is_a_usage_error(found, question, language):
    with pytest.raises(UsageError):
        fakes.assistant(found).answer(question, language=language)


def test_the_longest_question_is_answered(found):
    question = (QUESTION + " ").ljust(4000, "x")
    assert fakes.assistant(found).answer(question, language="en").question_used == question


def test_control_characters_are_taken_out(found):
    answer = fakes.assistant(found).answer("\x1b[31mWho runs\x00 the\u200b Mechatronics Hub?\x07\ud800", language="en")
    assert answer.question_used == "[31mWho runs the Mechatronics Hub?"


def test_other_spaces_keep_words_apart(found):
    answer = fakes.assistant(found).answer("Who\u00a0runs\u202fthe\r\nMechatronics\u2009Hub?", language="en")
    assert answer.question_used.split() == QUESTION.split()


def test_the_language_is_that_of_the_question_else_of_the_conversation(found):
    assistant = fakes.assistant(found)
    assert assistant.answer("Wer betreibt das Zentrum für Mechatronik in Rovereto?").language == "de"
    before = [Turn("user", "Che cosa si trova a Rovereto e chi lo gestisce?")]
    assert assistant.answer("e HIT?", before).language == "it"
    assert assistant.answer("and HIT?", before).language == "en"
    assert assistant.answer("e HIT?", before, "de").language == "de"


def test_template_braces_are_inert_in_question_and_document(tmp_path):
    text = "The {question} hub {0} hosts {{quotes}} {language} companies."
    found = fakes.retriever(tmp_path, [Document("braces", "en", "The {title} {0}", text)])
    generator = FakeGenerator([f"{text} [1]"])
    answer = fakes.assistant(found, generator).answer("What is the {quotes} {} hub?", language="en")
    assert answer.answer == f"{text} [1]"
    for messages in generator.asked:
        assert text in messages[1].content
        assert "What is the {quotes} {} hub?" in messages[1].content
    no = fakes.assistant(found, FakeGenerator(gap=UNSURE)).answer("What is the {quotes} hub?", language="en")
    assert "The {title} {0}" in no.answer


def test_hostile_markup_stays_plain_text(tmp_path):
    text = "<script>alert(1)</script> The hub <img src=x onerror=y> hosts [a](javascript:z) firms."
    found = fakes.retriever(tmp_path, [Document("hostile", "en", "Hub", text)])
    _, _, answer = events(fakes.assistant(found), "What does the <b>hub</b> host?", language="en")
    assert answer.answer == f"{text} [1]"
    assert answer.citations[0].quote == text
    assert answer.question_used == "What does the <b>hub</b> host?"
