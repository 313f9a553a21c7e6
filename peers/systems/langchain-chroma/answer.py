"""LangChain's retrieval chain as its tutorial builds it: Chroma, 1,000-character chunks, four of them stuffed."""

from langchain_chroma import Chroma
from langchain_classic.chains import create_history_aware_retriever, create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_openai import ChatOpenAI
from langchain_text_splitters import RecursiveCharacterTextSplitter
from loop import ANSWER_TOKENS, Ask, Given, answer_all

# Both prompts are those of the tutorial.
ANSWER = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the "
    "question. If you don't know the answer, say that you don't know. Use three sentences maximum and keep the answer "
    "concise.\n\n{context}"
)
STAND_ALONE = (
    "Given a chat history and the latest user question which might reference context in the chat history, formulate a "
    "standalone question which can be understood without the chat history. Do NOT answer the question, just "
    "reformulate it if needed and otherwise return it as is."
)


def build(given: Given) -> Ask:
    """Index the documents and return the chain."""
    files = sorted(given.corpus.rglob("*.txt"))
    documents = [Document(file.read_text(encoding="utf-8"), metadata={"source": str(file)}) for file in files]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    store = Chroma.from_documents(chunks, _embeddings(given), persist_directory=str(given.work))
    model = ChatOpenAI(
        model=given.model, base_url=given.url, api_key=given.key, temperature=0, max_tokens=ANSWER_TOKENS
    )
    retriever = create_history_aware_retriever(model, store.as_retriever(), _prompt(STAND_ALONE))
    chain = create_retrieval_chain(retriever, create_stuff_documents_chain(model, _prompt(ANSWER)))

    def ask(question: str, history: list[dict[str, str]]) -> tuple[str, list[str]]:
        said = [(message["role"], message["content"]) for message in history]
        found = chain.invoke({"input": question, "chat_history": said})
        return found["answer"], [given.name_of(chunk.metadata["source"]) for chunk in found["context"]]

    return ask


def _prompt(system: str) -> ChatPromptTemplate:
    return ChatPromptTemplate.from_messages(
        [("system", system), MessagesPlaceholder("chat_history"), ("human", "{input}")]
    )


def _embeddings(given: Given) -> HuggingFaceEmbeddings:
    prompts = {"passage": {"prompt": "passage: "}, "query": {"prompt": "query: "}} if given.prompted else {}
    return HuggingFaceEmbeddings(
        model_name=str(given.embedder),
        model_kwargs={"device": "cpu"},
        encode_kwargs=prompts.get("passage", {}),
        query_encode_kwargs=prompts.get("query", {}),
    )


if __name__ == "__main__":
    answer_all(build)
