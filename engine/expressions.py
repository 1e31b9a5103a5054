"""Expressions of diagrams: a whitelisted syntax tree turned into closures; nothing reaches Python's evaluator.

Allowed: literals, names, subscripts, comparisons, ``in``, ``and or not``, ``+ -`` on numbers, ``a if b else c``, lists,
objects, comprehensions over lists, and calls of ``len any all sum min max count``. Everything else is refused.
"""

from __future__ import annotations

import ast
import keyword
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.evaluation import (
    FUNCTIONS,
    Evaluate,
    ExpressionFailed,
    Run,
    before,
    contains,
    equal,
    items,
    measure,
    number,
    subscript,
    variable,
)

__all__ = ["Expression", "ExpressionFailed", "ExpressionInvalid", "compile_expression", "is_variable"]

LONGEST_TEXT = 2_000
MOST_NODES = 300
DEEPEST = 30
LONGEST_NAME = 64
RESERVED = frozenset(FUNCTIONS) | {"typename", "true", "false", "null", "none"}


class ExpressionInvalid(ValueError):
    """A text is no expression; the message says in Chinese which part is not allowed."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. ``names`` are the variables that it reads from the data."""

    text: str
    names: frozenset[str]
    _run: Evaluate = field(repr=False, compare=False)

    def evaluate(self, data: Mapping[str, Any]) -> Any:
        """The value over ``data`` (JSON values only); raises ``ExpressionFailed``. ``data`` is not changed."""
        try:
            return measure(self._run(Run(data)))
        except ExpressionFailed as failure:
            raise ExpressionFailed(f"表达式“{self.text[:200]}”无法计算：{failure}") from None


def is_variable(name: str) -> bool:
    """Whether ``name`` may name a variable in the data of a process."""
    return (
        name.isidentifier()
        and len(name) <= LONGEST_NAME
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and name not in RESERVED
        and unicodedata.normalize("NFKC", name) == name
    )


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Check and compile a text; raises ``ExpressionInvalid``. The same text gives the same object."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionInvalid(f"表达式超过 {LONGEST_TEXT} 个字符")
    text = text.strip()
    if not text:
        raise ExpressionInvalid("表达式是空的")
    if "\\" in text or "\0" in text:
        raise ExpressionInvalid("表达式中不能有反斜杠和空字符")
    try:
        tree = ast.parse(" ".join(text.split("\n")), mode="eval")
    except SyntaxError as error:
        raise ExpressionInvalid(f"“{text[:80]}”第 {error.offset or 1} 个字符附近写法不对（标点请用半角）") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionInvalid(f"“{text[:80]}”无法解析，可能嵌套太深") from None
    compiler = _Compiler()
    run = compiler.compile(tree.body)
    return Expression(text, frozenset(compiler.names), run)


class _Compiler:
    """Turns one syntax tree into closures and collects the free names."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._bound: list[str] = []
        self._depth = 0
        self._nodes = 0

    def compile(self, node: ast.expr) -> Evaluate:
        """The closure of a node; raises ``ExpressionInvalid`` for whatever is not on the list."""
        method = self._METHODS.get(type(node))
        if method is None:
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：表达式里不能用{_word(node)}")
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ExpressionInvalid("表达式太复杂，请拆开或改在表单中计算")
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionInvalid(f"表达式嵌套超过 {DEEPEST} 层")
        run = method(self, node)
        self._depth -= 1
        return run

    def _constant(self, node: ast.Constant) -> Evaluate:
        value = node.value
        if not isinstance(value, str | int | float | None) or value in (math.inf, -math.inf):
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不是文本、数字、真假值或空值")
        return lambda run: value

    def _name(self, node: ast.Name) -> Evaluate:
        name = node.id
        if name in self._bound:
            return lambda run: run.local[name]
        _check_name(name)
        self.names.add(name)
        return lambda run: variable(run, name)

    def _subscript(self, node: ast.Subscript) -> Evaluate:
        value, key = self.compile(node.value), self.compile(node.slice)
        return lambda run: subscript(value(run), key(run))

    def _boolean(self, node: ast.BoolOp) -> Evaluate:
        parts = [self.compile(part) for part in node.values]
        stops_at = isinstance(node.op, ast.Or)

        def run_boolean(run: Run) -> Any:
            value: Any = None
            for part in parts:
                value = part(run)
                if bool(value) is stops_at:
                    break
            return value

        return run_boolean

    def _unary(self, node: ast.UnaryOp) -> Evaluate:
        operand = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda run: not operand(run)
        if isinstance(node.op, ast.USub):
            return lambda run: -number(operand(run))
        raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：一元运算只有 not 和负号")

    def _binary(self, node: ast.BinOp) -> Evaluate:
        left, right = self.compile(node.left), self.compile(node.right)
        if isinstance(node.op, ast.Add):
            return lambda run: number(number(left(run)) + number(right(run)))
        if isinstance(node.op, ast.Sub):
            return lambda run: number(number(left(run)) - number(right(run)))
        raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：运算只有加和减")

    def _compare(self, node: ast.Compare) -> Evaluate:
        for operator in node.ops:
            if type(operator) not in _COMPARISONS:
                raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：比较用 == 和 !=，不用 is")
        operands = [self.compile(operand) for operand in (node.left, *node.comparators)]
        comparisons = [_COMPARISONS[type(operator)] for operator in node.ops]

        def run_compare(run: Run) -> bool:
            left = operands[0](run)
            for compare, operand in zip(comparisons, operands[1:], strict=True):
                right = operand(run)
                if not compare(run, left, right):
                    return False
                left = right
            return True

        return run_compare

    def _conditional(self, node: ast.IfExp) -> Evaluate:
        test, body, otherwise = self.compile(node.test), self.compile(node.body), self.compile(node.orelse)
        return lambda run: body(run) if test(run) else otherwise(run)

    def _list(self, node: ast.List | ast.Tuple) -> Evaluate:
        parts = [self.compile(part) for part in node.elts]
        return lambda run: [part(run) for part in parts]

    def _object(self, node: ast.Dict) -> Evaluate:
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        if len(keys) != len(node.keys):
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：对象的键应是写明的文本")
        values = [self.compile(value) for value in node.values]
        return lambda run: {key: value(run) for key, value in zip(keys, values, strict=True)}

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Evaluate:
        if len(node.generators) != 1 or node.generators[0].is_async:
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：推导式只能有一个 for")
        (generator,) = node.generators
        source = self.compile(generator.iter)
        if not isinstance(generator.target, ast.Name):
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：for 后面应是一个变量名")
        name = generator.target.id
        _check_name(name)
        if name in self._bound:
            raise ExpressionInvalid(f"变量“{name}”在里外两层推导式中重名")
        self._bound.append(name)
        conditions = [self.compile(condition) for condition in generator.ifs]
        element = self.compile(node.elt)
        self._bound.pop()

        def walk(run: Run) -> Iterator[Any]:
            for part in items(source(run)):
                run.step()
                run.local[name] = part
                if all(condition(run) for condition in conditions):
                    yield element(run)

        return walk if isinstance(node, ast.GeneratorExp) else lambda run: list(walk(run))

    def _call(self, node: ast.Call) -> Evaluate:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or name in self._bound:
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：可用的函数只有 {'、'.join(FUNCTIONS)}")
        function, most = FUNCTIONS[name]
        if node.keywords or not 1 <= len(node.args) <= most:
            raise ExpressionInvalid(f"“{ast.unparse(node)[:60]}”不允许：{name} 的参数个数不对")
        arguments = [self.compile(argument) for argument in node.args]
        return lambda run: function(run, *[argument(run) for argument in arguments])

    _METHODS: Mapping[type[ast.expr], Callable[[_Compiler, Any], Evaluate]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Subscript: _subscript,
        ast.BoolOp: _boolean,
        ast.UnaryOp: _unary,
        ast.BinOp: _binary,
        ast.Compare: _compare,
        ast.IfExp: _conditional,
        ast.List: _list,
        ast.Tuple: _list,
        ast.Dict: _object,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.Call: _call,
    }


_COMPARISONS: dict[type[ast.cmpop], Callable[[Run, Any, Any], bool]] = {
    ast.Eq: equal,
    ast.NotEq: lambda run, left, right: not equal(run, left, right),
    ast.Lt: before,
    ast.Gt: lambda run, left, right: before(run, right, left),
    ast.LtE: lambda run, left, right: not before(run, right, left),
    ast.GtE: lambda run, left, right: not before(run, left, right),
    ast.In: contains,
    ast.NotIn: lambda run, part, whole: not contains(run, part, whole),
}


def _check_name(name: str) -> None:
    if not is_variable(name):
        hint = {"true": "，真写作 True", "false": "，假写作 False", "null": "，空写作 None", "none": "，空写作 None"}
        raise ExpressionInvalid(f"“{name[:LONGEST_NAME]}”不能作变量名{hint.get(name, '')}")


def _word(node: ast.expr) -> str:
    words = {
        "Attribute": "点号取属性（请用下标，如 item['code']）",
        "Lambda": "函数定义",
        "JoinedStr": "格式化文本",
        "NamedExpr": "赋值",
        "Starred": "星号展开",
        "Slice": "切片",
        "Set": "集合",
        "SetComp": "集合推导式",
        "DictComp": "对象推导式",
    }
    return words.get(type(node).__name__, "这种写法")
