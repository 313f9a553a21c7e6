"""A stand-in for an OpenAI-compatible server, on a loopback port."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Provider(BaseHTTPRequestHandler):
    """Answers every request with what the test put into `server.reply`: status, content type, body."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.requests.append((self.path, self.headers["Authorization"], json.loads(self.rfile.read(length))))
        status, kind, body = self.reply()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def reply(self):
        return self.server.reply

    def log_message(self, *args):
        pass


@contextmanager
def serving(status, kind, body):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.reply, server.requests = (status, kind, body), []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def address(server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/v1"


def completion(logprobs: object = None, said: str = "Yes") -> str:
    message = {"role": "assistant", "content": said}
    choice = {"index": 0, "message": message, "finish_reason": "length", "logprobs": logprobs}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return json.dumps(
        {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    )
