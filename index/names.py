"""How the collections of vectors are called."""


def collection(language: str) -> str:
    """Name of the collection that holds the chunks of a language."""
    return f"chunks-{language}"
