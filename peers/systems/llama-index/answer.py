"""LlamaIndex's default query engine: 1,024-token chunks, two of them, one answer; follow-ups are condensed first."""

from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.chat_engine import CondenseQuestionChatEngine
from llama_index.core.llms import ChatMessage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.openai_like import OpenAILike
from loop import ANSWER_TOKENS, Ask, Given, answer_all


def build(given: Given) -> Ask:
    """Index the documents and return the engine."""
    prompts = {"query_instruction": "query: ", "text_instruction": "passage: "} if given.prompted else {}
    Settings.embed_model = HuggingFaceEmbedding(model_name=str(given.embedder), device="cpu", **prompts)
    Settings.llm = OpenAILike(
        model=given.model,
        api_base=given.url,
        api_key=given.key,
        is_chat_model=True,
        temperature=0,
        max_tokens=ANSWER_TOKENS,
    )
    documents = SimpleDirectoryReader(str(given.corpus), recursive=True).load_data()
    engine = VectorStoreIndex.from_documents(documents).as_query_engine()

    def ask(question: str, history: list[dict[str, str]]) -> tuple[str, list[str]]:
        if history:
            said = [ChatMessage(role=message["role"], content=message["content"]) for message in history]
            found = CondenseQuestionChatEngine.from_defaults(engine, chat_history=said).chat(question)
        else:
            found = engine.query(question)
        return str(found), [given.name_of(node.metadata["file_path"]) for node in found.source_nodes]

    return ask


if __name__ == "__main__":
    answer_all(build)
