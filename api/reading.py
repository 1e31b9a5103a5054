"""Reads what a request brings, strictly: one JSON object, known query parameters, each once, nothing hidden."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from api.fields import Truth
from api.problems import FieldError, Problem

DEEPEST = 32
LARGEST_BODY = 1024 * 1024
WORDS = {"true": True, "false": False}
LARGEST_NUMBER = 2**53 - 1  # beyond it browsers round, and what a task keeps could not be written again


def content(request: Request) -> bytes:
    """The whole body, at most ``LARGEST_BODY`` bytes however it is sent: half a request must never count as one.

    Raises ``Problem`` 413 past the limit and 400 for a body that ends before its declared length.
    """
    if (request.content_length or 0) > LARGEST_BODY:
        raise _too_large()
    request.max_content_length = LARGEST_BODY + 1  # reading stops there without a word: one byte more tells
    read = request.get_data(cache=False)
    if len(read) > LARGEST_BODY:
        raise _too_large()
    if len(read) < (request.content_length or 0):
        raise Problem(400, "body_cut_off", "请求内容没有传完就中断了，操作没有生效，请重新提交。")
    return read


def _too_large() -> Problem:
    message = f"请求内容超过上限 {LARGEST_BODY // 1024} KB，操作没有生效；请缩小后再提交，文件请用上传接口。"
    return Problem(413, "body_too_large", message)


def _bad_json(detail: str) -> NoReturn:
    raise Problem(400, "invalid_json", detail)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        _bad_json("JSON 对象里有重复的字段名，每个字段只能写一次。")
    return result


def _constant(word: str) -> NoReturn:
    _bad_json(f"JSON 里不能写 {word}。")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant)


def json_object(content: bytes, media_type: str) -> Any:
    """The JSON value of ``content``; refuses other media types, bad UTF-8, NUL, lone surrogates and deep nesting."""
    if media_type != "application/json":
        raise Problem(415, "unsupported_media_type", "请求内容必须是 application/json（UTF-8）。")
    try:
        value = _DECODER.decode(content.decode("utf-8"))
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, json.JSONDecodeError):
            _bad_json(f"请求内容不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 列附近有误。")
        if isinstance(error, RecursionError):
            _bad_json(f"JSON 嵌套过深，最多 {DEEPEST} 层。")
        _bad_json("请求内容不是有效的 UTF-8 JSON。")
    refuse_hidden(value)
    return value


def refuse_hidden(value: Any) -> None:
    """Refuse what no text may hold, wherever it lies in ``value``, and what is nested too deep."""
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        part, depth = pending.pop()
        if isinstance(part, str):
            _refuse_unstorable(part)
        elif isinstance(part, float):
            if not math.isfinite(part):
                _bad_json("JSON 里有过大的数字。")
        elif isinstance(part, int):
            if abs(part) > LARGEST_NUMBER:
                message = f"JSON 里有过大的整数，绝对值最大为 {LARGEST_NUMBER}；更长的号码请写成文字。"
                raise Problem(422, "number_too_large", message)
        elif isinstance(part, dict | list):
            if depth >= DEEPEST:
                _bad_json(f"JSON 嵌套过深，最多 {DEEPEST} 层。")
            if isinstance(part, dict):
                pending.extend((key, depth) for key in part)
                part = part.values()
            pending.extend((child, depth + 1) for child in part)


def _refuse_unstorable(text: str) -> None:
    # PostgreSQL's text and jsonb can hold neither, and an attacker hides words behind them.
    if "\0" in text:
        raise Problem(422, "control_character", "文字里含有不可用的控制符 NUL，请删去。")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            _bad_json("文字里含有不成对的 UTF-16 代理字符，请改用完整的字符。")


def body(request: Request, content: bytes, schema: Schema | None) -> Any:
    """The validated body; None when the operation takes none, and then there may be none."""
    if schema is None:
        if content:
            raise Problem(400, "unexpected_body", "这个操作不接受请求内容，请去掉请求体。")
        return None
    if not content:
        raise Problem(400, "missing_body", "缺少请求内容，应为 application/json。")
    return load(schema, json_object(content, request.mimetype), "body")


def query(arguments: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """The validated query; a parameter given twice is refused unless it is a list.

    In a query a truth is the word true or false.
    """
    raw: dict[str, Any] = {}
    for name, values in arguments.lists():
        declared = schema.fields.get(name)
        if isinstance(declared, fields.List):
            raw[name] = values
        elif len(values) > 1:
            message = "这个查询条件只能写一次。"
            raise Problem(422, "invalid_input", f"{name}：{message}", errors=(FieldError("query", name, message),))
        else:
            raw[name] = WORDS.get(values[0], values[0]) if isinstance(declared, Truth) else values[0]
    result: dict[str, Any] = load(schema, raw, "query")
    return result


def load(schema: Schema, value: Any, location: str) -> Any:
    """``value`` validated by ``schema``; raises a 422 that names every offending place."""
    try:
        return schema.load(value)
    except ValidationError as invalid:
        errors = tuple(_flatten(invalid.messages_dict, location))
        first = errors[0]
        where = first.field.lstrip("/") or "请求内容"
        raise Problem(422, "invalid_input", f"{where}：{first.message}", errors=errors) from None


def _flatten(messages: Mapping[Any, Any], location: str) -> list[FieldError]:
    found: list[FieldError] = []
    pending: list[tuple[str, Any]] = [("", messages)]
    while pending:
        path, message = pending.pop()
        if isinstance(message, Mapping):
            for key, below in reversed(list(message.items())):
                step = "" if key == "_schema" else f"/{_escape(str(key))}"
                pending.append((path + step, below))
        else:
            texts = message if isinstance(message, list) else [message]
            name = path if location == "body" else path.lstrip("/")
            found.extend(FieldError(location, name, str(text)) for text in texts)
    return found


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
