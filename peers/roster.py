"""Who is compared, and what each of them needs. A peer is a folder with pinned requirements and an `answer.py`."""

import re
from dataclasses import dataclass
from pathlib import Path

SYSTEMS = Path(__file__).parent / "systems"


@dataclass(frozen=True)
class Peer:
    """A system to be compared with. `package` is the pinned one whose version is the peer's."""

    name: str
    title: str
    package: str
    minilm: bool = False  # embeds with all-MiniLM-L6-v2; otherwise with the project's own embedding model
    embedder_served: bool = False  # takes its vectors from a service
    room: int = 4096  # tokens that its prompts and answers need
    python: tuple[int, int] = (3, 11)  # the oldest that its packages run on
    note: str = ""  # what a reader of its figures must know
    systems: Path = SYSTEMS

    @property
    def folder(self) -> Path:
        """Where its requirements and its program are."""
        return self.systems / self.name

    @property
    def version(self) -> str:
        """The pinned version."""
        pins = (self.folder / "requirements.txt").read_text(encoding="utf-8")
        found = re.search(rf"^{re.escape(self.package)}==(\S+)", pins, re.MULTILINE)
        return found[1] if found else "-"


PEERS = (
    Peer("langchain-chroma", "LangChain retrieval chain", "langchain-classic", minilm=True),
    Peer("llama-index", "LlamaIndex query engine", "llama-index-core"),
    Peer(
        "haiku-rag",
        "haiku.rag",
        "haiku.rag-slim",
        embedder_served=True,
        room=16_384,  # its instructions and what its search returns come to 8,500
        python=(3, 12),
        note="an agent, which finds only what the generator's tool calls ask for; the packaged Qwen2.5-Coder writes "
        "such calls as text, so give it a generator that makes them (ASSISTANT_MODEL) to see what it can do.",
    ),
)
