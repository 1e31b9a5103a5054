"""How one operation is described in the OpenAPI document, from its declaration alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import entity_tags, idempotency

if TYPE_CHECKING:
    from api.operation import Operation

SESSION_COOKIE = "binglian_session"
CSRF_HEADER = "X-CSRF-Token"


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A request header that the platform checks."""

    pattern: re.Pattern[str]
    hint: str

    def parameter(self, name: str, description: str, *, required: bool) -> dict[str, Any]:
        """The header as an OpenAPI parameter."""
        return {
            "in": "header",
            "name": name,
            "required": required,
            "description": description,
            "schema": {"type": "string", "pattern": f"^{self.pattern.pattern}$"},
        }


IDEMPOTENCY_KEY = HeaderText(re.compile(idempotency.PATTERN), "8 至 128 个字母、数字或 . _ : - 。")
ENTITY_TAG = HeaderText(re.compile(entity_tags.PATTERN), "请原样使用读取时的 ETag。")

SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "登录（POST /api/v1/sessions）后由服务器设置的会话 Cookie。",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "用会话 Cookie 做修改时必须带上；值见登录或“当前会话”的答复 csrf_token。",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "接口令牌，供其他系统使用，只在其权限范围内有效。"},
}

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "内容的版本标记。",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{entity_tags.PATTERN}$"},
    },
    "Allow": {"description": "这个地址可用的方法。", "required": True, "schema": {"type": "string"}},
    "Retry-After": {
        "description": "多少秒后可以重试。",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Disposition": {
        "description": "保存时的文件名；内容只供保存，不在浏览器里打开。",
        "required": True,
        "schema": {"type": "string", "pattern": "^attachment; "},
    },
    "Set-Cookie": {"description": "会话 Cookie。", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "true 表示这是同一请求先前的答复，没有再次生效。",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


def describe(operation: Operation, name: str) -> dict[str, Any]:
    """The OpenAPI operation object of ``operation``; schemas are resolved when it is registered."""
    described: dict[str, Any] = {
        "operationId": name,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
        "security": _security(operation),
    }
    if operation.permissions:
        described["x-permissions"] = list(operation.permissions)
    if operation.body:
        media_type = "multipart/form-data" if operation.upload else "application/json"
        described["requestBody"] = {"required": True, "content": {media_type: {"schema": operation.body}}}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if operation.query_schema.fields:
        parameters.append({"in": "query", "schema": operation.query})
    if operation.repeatable:
        text = "同一请求的标识：24 小时内重复提交只生效一次，并得到同一答复。"
        parameters.append(IDEMPOTENCY_KEY.parameter("Idempotency-Key", text, required=False))
    if operation.guarded:
        parameters.append(ENTITY_TAG.parameter("If-Match", "读取时得到的 ETag，防止覆盖他人的修改。", required=True))
    return parameters


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer:
        success["content"] = {"application/json": {"schema": operation.answer}}
    if operation.download:
        success["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    if operation.text:
        success["content"] = {operation.text: {"schema": {"type": "string"}}}
    headers = _headers(operation)
    if headers:
        success["headers"] = headers
    responses: dict[str, Any] = {str(status): success for status in (operation.status, *operation.also)}
    if operation.tagged and not operation.unsafe:
        responses["304"] = {"description": "内容没有变化。", "headers": {"ETag": HEADERS["ETag"]}}
    for status in sorted(_refusals(operation) - set(operation.also)):
        responses[str(status)] = HTTPStatus(status).name
    return responses


def _headers(operation: Operation) -> dict[str, Any]:
    names = []
    if operation.tagged:
        names.append("ETag")
    if operation.repeatable:
        names.append("Idempotency-Replayed")
    if operation.download:
        names.append("Content-Disposition")
    return {name: HEADERS[name] for name in names}


def _refusals(operation: Operation) -> set[int]:
    statuses = {400, 405, 422, 500, 503, *operation.refusals}
    if not operation.public:
        statuses |= {401, 403}
    if "<" in operation.rule:
        statuses.add(404)
    if operation.unsafe:
        statuses.add(413)
    if operation.body:
        statuses.add(415)
    if operation.repeatable:
        statuses.add(409)
    if operation.upload:
        statuses.add(507)
    if operation.guarded:
        statuses |= {412, 428}
    return statuses


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.public:
        return []
    scopes: dict[str, list[str]] = {"session": [], "csrf": []} if operation.unsafe else {"session": []}
    return [scopes, {"token": []}]
