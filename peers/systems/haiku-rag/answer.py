"""haiku.rag as `client.ask` runs it: an agent with the tools search, cite and execute_code; it cites what it wants."""

import asyncio
from types import SimpleNamespace
from typing import Any

from haiku.rag.capabilities.rag import RAGState, create_capability
from haiku.rag.client import HaikuRAG
from haiku.rag.config import AppConfig
from haiku.rag.uri import uri_to_path
from haiku.rag.utils.models import get_model
from loop import ANSWER_TOKENS, Ask, Given, answer_all
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart

PATIENCE = 240  # seconds for one answer: an agent may go on asking


def build(given: Given) -> Ask:
    """Index the documents and return the agent."""
    runner = asyncio.Runner()
    client = runner.run(_indexed(given))

    def ask(question: str, history: list[dict[str, str]]) -> tuple[str, list[str]]:
        answer, uris = runner.run(asyncio.wait_for(_ask(client, question, history), PATIENCE))
        return answer, [given.name_of(uri_to_path(uri)) for uri in uris]

    return ask


async def _indexed(given: Given) -> HaikuRAG:
    client = HaikuRAG(given.work / "haiku.rag", config=_config(given), create=True)
    await client.__aenter__()
    for file in sorted(given.corpus.rglob("*.txt")):
        await client.create_document_from_source(file)
    return client


async def _ask(client: HaikuRAG, question: str, history: list[dict[str, str]]) -> tuple[str, list[str]]:
    """Do what `client.ask` does, and hand over what was said before, which it does not take."""
    config = client._config
    agent = Agent(
        get_model(config.qa.model, config),
        deps_type=SimpleNamespace,
        capabilities=[create_capability(config=config, rag=client)],
    )
    deps = SimpleNamespace(state={"rag": RAGState().model_dump(mode="json")})
    done = await agent.run(question, deps=deps, message_history=[_said(message) for message in history])
    state = RAGState.model_validate(deps.state["rag"])
    cited = [state.citation_index[chunk] for chunk in state.citations if chunk in state.citation_index]
    return done.output, [citation.document_uri for citation in cited]


def _said(message: dict[str, str]) -> ModelMessage:
    if message["role"] == "user":
        return ModelRequest(parts=[UserPromptPart(message["content"])])
    return ModelResponse(parts=[TextPart(message["content"])])


def _config(given: Given) -> AppConfig:
    served: dict[str, Any] = {"provider": "openai", "api_key": given.key}
    return AppConfig.model_validate(
        {
            "storage": {"data_dir": str(given.work)},
            "embeddings": {
                "model": {
                    **served,
                    "name": given.embedder.name,
                    "base_url": given.embedder_url,
                    "vector_dim": 384,
                    "query_prefix": "query: " if given.prompted else "",
                    "document_prefix": "passage: " if given.prompted else "",
                }
            },
            "qa": {
                "model": {
                    **served,
                    "name": given.model,
                    "base_url": given.url,
                    "temperature": 0.0,
                    "max_tokens": ANSWER_TOKENS,
                }
            },
            "processing": {"chunking_tokenizer": str(given.embedder), "pictures": "none"},
        }
    )


if __name__ == "__main__":
    answer_all(build)
