"""The one place that turns a refusal or a failure into an RFC 9457 problem document in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from errors import Refused

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:binglian:problem:"

TITLES = {
    400: "请求无法读懂",
    401: "尚未登录",
    403: "没有权限",
    404: "没有找到",
    405: "此处不能用这种方法",
    406: "无法给出所要的格式",
    409: "与当前状态冲突",
    412: "内容已被他人改动",
    413: "请求过大",
    414: "网址过长",
    415: "不支持的内容类型",
    422: "内容不合要求",
    428: "缺少前提条件",
    429: "操作过于频繁",
    431: "请求头过大",
    500: "平台内部出错",
    503: "平台暂时繁忙",
    507: "存储空间不足",
}

DETAILS = {
    400: "服务器读不懂这个请求，请检查请求的写法。",
    404: "没有这个地址，请核对网址；接口说明见 /api/v1/docs。",
    405: "这个地址不接受此种请求方法，可用的方法见响应头 Allow。",
    413: "请求内容超过上限，请缩小后再提交。",
    414: "网址超过上限，请减少查询条件。",
    429: "操作过于频繁，请按响应头 Retry-After 稍后再试。",
    415: "请求内容必须是 application/json（UTF-8）。",
    500: "平台出了错，您的操作没有生效。请稍后再试；仍不行时把请求编号告诉运维人员。",
    503: "平台此刻无法完成，请按响应头 Retry-After 稍后重试，重试不会重复生效。",
}

CODES = {
    400: "bad_request",
    404: "no_such_address",
    405: "method_not_allowed",
    413: "body_too_large",
    429: "too_many_requests",
}

RETRY_AFTER_SECONDS = {429: 60, 503: 1}

log = structlog.get_logger("binglian.api")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One offending place: ``location`` is body, query, header or path; ``field`` a JSON pointer or a name."""

    location: str
    field: str
    message: str


@dataclass(eq=False)
class Problem(Exception):
    """A refusal by the HTTP layer itself, ready to be shown; ``members`` are further members of the document."""

    status: int
    code: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)


def respond(problem: Problem) -> Response:
    """The response that carries ``problem``; adds title, instance and the id of the request."""
    document: dict[str, object] = {
        "type": TYPE_PREFIX + problem.code,
        "title": TITLES.get(problem.status, "请求未被接受"),
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
        "request_id": g.get("request_id", ""),
        **problem.members,
    }
    if problem.errors:
        document["errors"] = [
            {"location": error.location, "field": error.field, "message": error.message} for error in problem.errors
        ]
    response = Response(orjson.dumps(document), status=problem.status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="binglian"'
    if problem.status in RETRY_AFTER_SECONDS:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS[problem.status]))
    return response


def from_refusal(refusal: Refused, sentences: Mapping[str, str]) -> Problem:
    """Map a refusal of the domain; ``sentences`` holds the regulation's sentence of each clause id."""
    members: dict[str, object] = {}
    if refusal.clause is not None:
        members["clause"] = {"id": refusal.clause, "sentence": sentences.get(refusal.clause)}
    details = dict(refusal.details)
    found = details.pop("errors", None) or [{"field": refusal.field, "message": refusal.message}]
    assert isinstance(found, list)
    if details:
        members["details"] = details
    errors = tuple(FieldError("body", pointer(entry["field"]), entry["message"]) for entry in found if entry["field"])
    return Problem(refusal.status, refusal.code, refusal.message, errors=errors, members=members)


def pointer(path: str) -> str:
    """``path`` as a JSON pointer: a dotted or already pointed path of a field."""
    return path if path.startswith("/") else "/" + path.replace(".", "/")


def from_http(error: HTTPException) -> Problem:
    """Map what werkzeug or Flask refused before a route was reached."""
    status = error.code or 500
    detail = DETAILS.get(status, "请求未被接受。")
    headers = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return Problem(status, CODES.get(status, f"http_{status}"), detail, headers=headers)


def install(app: Flask, sentences: Mapping[str, str]) -> None:
    """Register the handlers, so that every answer outside the 200s is a problem document."""

    @app.errorhandler(Problem)
    def _problem(problem: Problem) -> Response:
        return respond(problem)

    @app.errorhandler(Refused)
    def _refused(refusal: Refused) -> Response:
        return respond(from_refusal(refusal, sentences))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        return respond(from_http(error))

    @app.errorhandler(Exception)
    def _failure(error: Exception) -> Response:
        log.error("request failed", request_id=g.get("request_id"), path=request.path, exc_info=error)
        return respond(Problem(500, "internal_error", DETAILS[500]))
