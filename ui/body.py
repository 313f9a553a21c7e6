"""Reading a request's body up to a limit, counted as it arrives: a declared length may be missing or wrong."""

from starlette.types import Message, Receive


async def read_up_to(limit: int, receive: Receive) -> bytes | None:
    """Return the whole body, or None as soon as it is larger than `limit`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the client is gone
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read to the application, then whatever the server still has to say."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
