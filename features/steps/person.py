"""A person with a session of their own, speaking HTTP with the platform like a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener
from uuid import uuid4

SECONDS = 30.0
PREFIX = "/api/v1"


class Refusal(Exception):
    """The platform refused a request; ``problem`` is its problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        detail = problem.get("detail") or problem.get("title") or ""
        super().__init__(f"HTTP {status}: {detail}")
        self.status = status
        self.problem = problem
        self.message = str(detail)


class Person:
    """Somebody signed in; every method raises ``Refusal`` when the platform refuses."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url.rstrip("/")
        self.username = username
        self._opener: OpenerDirector = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self._csrf = ""
        self.requests = 0
        self.session = self.post("/sessions", {"username": username, "password": password})
        self._csrf = self.session["csrf_token"]

    @property
    def id(self) -> str:
        """The person's user id."""
        return str(self.session["user"]["id"])

    @property
    def name(self) -> str:
        """The person's name."""
        return str(self.session["user"]["display_name"])

    @property
    def organisation(self) -> str:
        """The id of the organisation that the person belongs to."""
        return str(self.session["user"]["organisation_id"])

    @property
    def region(self) -> str:
        """The code of the region that the person belongs to."""
        return str(self.session["user"]["region_code"])

    def get(self, path: str, **query: Any) -> Any:
        """Read; the answer's JSON."""
        filled = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + ("?" + urlencode(filled, quote_via=quote) if filled else ""), None)

    def post(self, path: str, body: Any = None) -> Any:
        """Change something, once, however often the network repeats it; the answer's JSON."""
        return self._ask("POST", path, body)

    def download(self, path: str) -> bytes:
        """Fetch a file or a document; its content."""
        return self._open(Request(self.url + PREFIX + path, headers={"Accept": "*/*"}))

    def upload(self, name: str, content: bytes, **texts: str) -> Any:
        """Upload one file; ``texts`` are the other fields of the form. Answers the file as the platform has it."""
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
        fields = "".join(f'{head}{field}"\r\n\r\n{text}\r\n' for field, text in texts.items())
        file = f'{head}file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = fields.encode() + file.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self._send("POST", "/files", body, f"multipart/form-data; boundary={boundary}")

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every entry of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["entries"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def _ask(self, method: str, path: str, body: Any) -> Any:
        return self._send(method, path, None if body is None else json.dumps(body).encode(), "application/json")

    def _send(self, method: str, path: str, content: bytes | None, content_type: str) -> Any:
        headers = {"Accept": "application/json, application/problem+json"}
        if method != "GET":
            headers |= {"Content-Type": content_type, "Idempotency-Key": str(uuid4())}
            headers |= {"X-CSRF-Token": self._csrf} if self._csrf else {}
        return json.loads(self._open(Request(self.url + PREFIX + path, content, headers, method=method)) or b"null")

    def _open(self, request: Request) -> bytes:
        self.requests += 1
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content: bytes = answer.read()
                return content
        except HTTPError as error:
            with error:
                raise Refusal(error.code, _problem(error.read())) from None


def _problem(content: bytes) -> Mapping[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        problem = {}
    return problem if isinstance(problem, dict) else {}
