from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from corpus.errors import ProjectError
from eval.served import served


class Other(BaseHTTPRequestHandler):
    """Some other page."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_another_page_at_the_address_is_not_measured_instead():
    with HTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(ProjectError, match="Something else is served"), served(port=other.server_port):
            pass
        other.shutdown()
