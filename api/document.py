"""The OpenAPI 3.1 document: flask-smorest with problem documents as the only shape of an error."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls, resolve_schema_instance
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from api import problems
from api.description import HEADERS, SECURITY_SCHEMES
from api.fields import Change, Open, Output, Part

TITLE = "并联：工程建设项目并联审批平台接口"
DESCRIPTION = """\
所有时间为带时区的 RFC 3339 时间（UTC 输出），编号为 UUID。列表按游标翻页：把答复里的 `next_cursor`
作为下一次的 `cursor`，为 `null` 时没有下一页。未声明的查询条件和字段一律拒绝。

**登录**：`POST /api/v1/sessions` 设置会话 Cookie 并给出 `csrf_token`，修改类请求须以 `X-CSRF-Token` 带上；其他系统用
`Authorization: Bearer 接口令牌`。

**出错**：一律是 RFC 9457 问题文档（`application/problem+json`），
`code` 是不变的机器码，`detail` 说明错在何处、怎样改正，
`errors` 逐处列出；由法规条款拒绝的，`clause` 给出条款号与原文。

**重复提交**：修改类请求可带 `Idempotency-Key`，24 小时内同一人同一请求只生效一次，并得到同一答复。
只显示一次的秘密（初始密码、接口令牌）不随答复保存：重复提交得到的答复里，它们为 `null`。

**不成其为 HTTP 的内容**（请求行或请求头写坏）在到达平台之前由网页服务器答复：
一页简短的英文，状态多为 400，不是问题文档，也不会有任何改动。
"""


class FieldErrorAnswer(Output):
    """One offending place."""

    location = fields.String(required=True, metadata={"enum": ["body", "query", "header", "path"]})
    field = fields.String(required=True, metadata={"description": "请求内容中的 JSON 指针，或参数名。"})
    message = fields.String(required=True)


class ClauseAnswer(Output):
    """The clause of the regulation that refuses."""

    id = fields.String(required=True)
    sentence = fields.String(
        required=True, allow_none=True, metadata={"description": "条款原文；规则库未收录时为 null。"}
    )


class ProblemAnswer(Output):
    """An RFC 9457 problem document."""

    type = fields.String(required=True, metadata={"format": "uri"})
    title = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"minimum": 400, "maximum": 599})
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    code = fields.String(required=True, metadata={"pattern": "^[a-z0-9_]+$"})
    request_id = fields.String(required=True)
    errors = fields.List(Part(FieldErrorAnswer))
    clause = Part(ClauseAnswer)
    details = Open()


def _schema_name(schema: Any) -> str:
    resolved = resolve_schema_cls(schema)
    assert isinstance(resolved, type)
    return resolved.__name__


class Converter(OpenAPIConverter):
    """Says of a change that it must change something."""

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """The JSON schema of a marshmallow schema."""
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        if isinstance(resolve_schema_instance(schema), Change):
            described["minProperties"] = 1
        return described


class Plugin(MarshmallowPlugin):
    """The plugin with our converter."""

    Converter = Converter


class Document(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """The API description, whose every error is a problem document and where ``default`` hides nothing."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to ``api.problems``."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status >= 400:
                self.spec.components.response(status.name, _problem_response(status), lazy=True)


def _problem_response(status: HTTPStatus) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": problems.TITLES.get(status, status.phrase),
        "content": {problems.MEDIA_TYPE: {"schema": ProblemAnswer}},
    }
    if status == 405:
        response["headers"] = {"Allow": HEADERS["Allow"]}
    if status in (429, 503):
        response["headers"] = {"Retry-After": HEADERS["Retry-After"]}
    if status == 409:  # only while the same request is being answered: no other conflict goes away by itself
        response["headers"] = {"Retry-After": {**HEADERS["Retry-After"], "required": False}}
    return response


def configure(app: Flask, version: str) -> Document:
    """The document of ``app``, empty until its resources are registered."""
    app.config.update(API_TITLE=TITLE, API_VERSION=version, OPENAPI_VERSION="3.1.0")
    document = Document(
        app,
        spec_kwargs={
            "marshmallow_plugin": Plugin(schema_name_resolver=_schema_name),
            "info": {"description": DESCRIPTION},
        },
    )
    for name, scheme in SECURITY_SCHEMES.items():
        document.spec.components.security_scheme(name, scheme)
    return document
