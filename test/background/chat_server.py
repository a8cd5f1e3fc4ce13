"""A real HTTP server on this machine that speaks streamed chat completions, as a script says.

Each request takes the next step of the script; what was asked is kept for the test to look at.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Callable[["ChatHandler"], None]


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: list[Step]) -> None:
        super().__init__(("127.0.0.1", 0), ChatHandler)
        self.script = list(script)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.gone = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class ChatHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_GET(self) -> None:
        self.whole(200, {"object": "list", "data": [{"id": "first-model", "object": "model"}]})

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        self.server.headers.append({k.lower(): v for k, v in self.headers.items()})
        step = self.server.script.pop(0) if self.server.script else status(500)
        try:
            step(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.gone.set()
            self.close_connection = True

    def whole(self, code: int, body: Any, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(*script: Step) -> Iterator[ChatServer]:
    server = ChatServer(list(script))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()


def chunk(delta: dict[str, Any] | None = None, *, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [choice],
    }  # fmt: skip


def usage(tokens_in: int, tokens_out: int) -> dict[str, Any]:
    told = {
        "prompt_tokens": tokens_in, "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }  # fmt: skip
    return {**chunk(), "choices": [], "usage": told}


def calls(*wanted: tuple[str, Any], tokens: tuple[int, int] | None = None) -> Step:
    """Tool calls, their arguments in pieces of seven characters as real servers tear them."""

    def step(handler: ChatHandler) -> None:
        handler.begin()
        handler.event(chunk({"role": "assistant", "content": None}))
        for index, (name, arguments) in enumerate(wanted):
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            first = {
                "index": index, "id": f"call_{index}", "type": "function",
                "function": {"name": name, "arguments": ""},
            }  # fmt: skip
            handler.event(chunk({"tool_calls": [first]}))
            for begin in range(0, len(text), 7):
                part = {"index": index, "function": {"arguments": text[begin : begin + 7]}}
                handler.event(chunk({"tool_calls": [part]}))
        handler.event(chunk(finish="tool_calls"))
        if tokens is not None:
            handler.event(usage(*tokens))
        handler.event("[DONE]")

    return step


def answers(say: str, *evidence: str, **more: Any) -> Step:
    given = {"say": say, "evidence": list(evidence), "confidence": 0.9, **more}
    return calls(("answer", given))


def says(*pieces: str) -> Step:
    """Plain text without any call."""

    def step(handler: ChatHandler) -> None:
        handler.begin()
        for piece in pieces:
            handler.event(chunk({"content": piece}))
        handler.event(chunk(finish="stop"))
        handler.event("[DONE]")

    return step


def status(code: int, body: Any = None, **headers: str) -> Step:
    told = {"error": {"message": "no", "type": "x"}} if body is None else body
    return lambda handler: handler.whole(code, told, **headers)


def stalls(handler: ChatHandler) -> None:
    """Begins and then says nothing until the other side has gone."""
    handler.begin()
    handler.event(chunk({"content": "The press "}))
    handler.server.gone.wait(20)


def drips(handler: ChatHandler) -> None:
    """Says nothing at great length: a comment at a time, without an end."""
    handler.begin()
    while not handler.server.gone.wait(0.02):
        handler.wfile.write(b": still here\n\n")
        handler.wfile.flush()


def cuts(handler: ChatHandler) -> None:
    """Ends in the middle of an answer."""
    handler.begin()
    handler.event(chunk({"content": "The press is "}))


def garbage(handler: ChatHandler) -> None:
    handler.begin()
    handler.event("{this is no JSON")


def floods(handler: ChatHandler) -> None:
    """Never stops talking."""
    handler.begin()
    while not handler.server.gone.is_set():
        handler.event(chunk({"content": "word " * 2000}))
