"""Everything that can go wrong and that a person can mend. Each message says what to do next.

    ProjectError
    ├── UsageError          a command, a question or a setting is not as it should be
    ├── CorpusError         a document cannot be read or breaks its schema
    ├── WeightsError        weights are missing, broken, or cannot be fetched
    ├── IndexUnusable       no index, a damaged one, or one built by other means
    ├── IndexBusy           another process is writing this index
    └── ModelUnavailable    the language model does not answer (the extractive answer still stands)

Shown at one place per entry point: `assistant/__main__.py`, `eval/__main__.py`, `app.py`.
"""


class ProjectError(Exception):
    """Base of every error whose message is meant for a person."""


class UsageError(ProjectError):
    """A command, a question or a setting is not as it should be."""


class CorpusError(ProjectError):
    """A document cannot be read, or breaks its schema."""


class WeightsError(ProjectError):
    """Weights are missing, broken, or cannot be fetched."""


class IndexUnusable(ProjectError):
    """There is no index, it is damaged, or it was built by other means than those in force."""


class IndexBusy(ProjectError):
    """Another process is writing this index."""


class ModelUnavailable(ProjectError):
    """The language model does not answer; what retrieval found is still good."""
