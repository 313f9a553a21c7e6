"""What the page says in its own words, one file per interface language (`ui/texts/*.json`)."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ui.limits import Exceeded

DEFAULT_LANGUAGE = "en"
INTERFACE_LANGUAGES = ("en", "it", "de")
_FOLDER = Path(__file__).parent / "texts"


class Texts(BaseModel):
    """The words of one interface language; a missing or unknown key in a file is refused when it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    code: str
    language_name: str
    product: str
    tagline: str
    language_label: str
    conversation_label: str
    new_conversation: str
    new_short: str
    ai_notice: str
    welcome: str
    examples_label: str
    examples: list[str]
    question_label: str
    question_placeholder: str
    ask: str
    stop: str
    footnote: str
    how_well: str
    you_asked: str
    searching: str
    reading: str
    waiting_one: str
    waiting_many: str
    writing_one: str
    writing_many: str
    searched_for: str
    composer_extractive: str
    composer_model: str
    composer_model_unnamed: str
    sources_one: str
    sources_many: str
    found_one: str
    found_many: str
    notice_stale: str
    notice_historic: str
    notice_conflict: str
    notice_unverified: str
    notice_translated: str
    notice_incomplete: str
    feedback_ask: str
    feedback_up: str
    feedback_down: str
    feedback_heading: str
    feedback_intro: str
    feedback_reason: str
    feedback_wrong_figure: str
    feedback_out_of_date: str
    feedback_not_answered: str
    feedback_wrong_source: str
    feedback_comment: str
    feedback_preview: str
    feedback_verdict: str
    feedback_question: str
    feedback_question_used: str
    feedback_answer: str
    feedback_outcome: str
    feedback_index: str
    feedback_key: str
    feedback_time: str
    feedback_now: str
    feedback_store: str
    feedback_cancel: str
    feedback_stored: str
    feedback_thanks: str
    feedback_withdraw: str
    feedback_deleted: str
    feedback_refused: str
    feedback_not_deleted: str
    feedback_long: str
    stopped: str
    overrun: str
    failed: str
    blank_question: str
    long_question: str
    busy: str
    limited_minute: str
    limited_day: str
    answer_ready: str
    sources_heading: str
    found_heading: str
    sources_empty: str
    sources_none: str
    for_question: str
    source: str
    quoted: str
    show_in_document: str
    section: str
    document_language: str
    as_of: str
    valid_until: str
    status: str
    status_current: str
    status_historic: str
    status_superseded: str
    status_project: str
    status_closed: str
    original: str
    back_to_sources: str
    back_to_answer: str
    close: str
    document_text: str
    text_before: str
    text_after: str
    document_changed: str
    source_gone: str
    badge_as_of: str
    badge_original: str
    publisher: str
    outline: str
    beginning: str
    read_version: str
    back_to_quote: str
    documents: str
    documents_one: str
    documents_many: str
    documents_more: str
    other_documents: str
    all_documents: str
    search_label: str
    search: str
    results_one: str
    results_many: str
    results_none: str
    back_to_results: str
    exported_on: str
    edition: str
    conversations: str
    download_heading: str
    download_hint: str
    download_markdown: str
    download_html: str
    download_word: str
    download_empty: str
    copy_answer: str
    copied: str
    copy_failed: str
    ask_again: str
    edit_question: str
    copy_link: str
    link_too_long: str
    tools_label: str
    suggestions_heading: str
    keep_heading: str
    keep_on: str
    keep_off: str
    keep_hint: str
    keep_failed: str
    kept_rename: str
    kept_rename_prompt: str
    kept_delete: str
    kept_delete_prompt: str
    kept_clear: str
    kept_clear_prompt: str
    kept_unreadable: str
    quote_changed: str
    status_changed: str

    def limited(self, exceeded: Exceeded) -> str:
        """Return what is said to who asks too many questions."""
        text: str = getattr(self, f"limited_{exceeded}")
        return text

    def counted(self, name: str, count: int) -> str:
        """Return the singular or plural form of `name` ("sources" → "3 sources")."""
        form: str = getattr(self, f"{name}_one" if count == 1 else f"{name}_many")
        return form.format(count=count)


@cache
def texts(language: str) -> Texts:
    """Return the words of `language`, which is one of `INTERFACE_LANGUAGES`."""
    return Texts.model_validate_json((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def preferred_language(accept_language: str) -> str:
    """Return the interface language that a browser's Accept-Language header asks for first."""
    wishes = sorted(enumerate(accept_language.split(",")), key=lambda wish: (-_quality(wish[1]), wish[0]))
    for _, wish in wishes:
        code = wish.split(";")[0].strip().lower().split("-")[0]
        if code in INTERFACE_LANGUAGES and _quality(wish) > 0:
            return code
    return DEFAULT_LANGUAGE


def _quality(wish: str) -> float:
    _, _, parameter = wish.partition(";q=")
    try:
        return float(parameter) if parameter else 1.0
    except ValueError:  # not a header a browser sends: such a wish counts last
        return 0.0
