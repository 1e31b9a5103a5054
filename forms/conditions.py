"""The conditions by which a form hides a field: a few operators of FEEL, the language form-js evaluates.

Grammar: ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=`` between a field of the form and a literal (text in double quotes,
number, ``true``, ``false``, ``null``), joined with ``and``, ``or``, ``not(...)`` and brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Values = Mapping[str, Any]
Condition = Callable[[Values], bool]
Operand = Callable[[Values], Any]

TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"\\]*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|=|<|>|\(|\)))',
    re.ASCII,
)
LITERALS = {"true": True, "false": False, "null": None}
WORDS = {"and", "or", "not", *LITERALS}
LONGEST = 500
DEEPEST = 20


class ConditionInvalid(ValueError):
    """A condition is not in the grammar; the message says in Chinese where."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to be asked, and the fields it looks at."""

    holds: Condition
    fields: frozenset[str]


@lru_cache(maxsize=1024)
def compile_condition(text: str) -> Compiled:
    """Read a condition such as ``=conclusion != "transferred"``; raises ``ConditionInvalid``."""
    if not text.startswith("=") or len(text) > LONGEST:
        raise ConditionInvalid(f"条件以 = 开头，不超过 {LONGEST} 个字符：{text[:80]}")
    return Parser(_tokens(text[1:])).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ConditionInvalid(f"条件在“{text[at : at + 20]}”处读不懂")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


class Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.fields: set[str] = set()

    def whole(self) -> Compiled:
        holds = self.disjunction()
        if self.at < len(self.tokens):
            raise ConditionInvalid(f"条件在“{self.tokens[self.at][1]}”处多出内容")
        return Compiled(holds, frozenset(self.fields))

    def take(self, *accepted: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at][0] != "text" and self.tokens[self.at][1] in accepted:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def disjunction(self) -> Condition:
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def conjunction(self) -> Condition:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def negation(self) -> Condition:
        negated = self.take("not") is not None
        if self.take("("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise ConditionInvalid(f"条件的括号不超过 {DEEPEST} 层")
            inner = self.disjunction()
            if not self.take(")"):
                raise ConditionInvalid("条件缺少右括号")
            self.depth -= 1
        elif negated:
            raise ConditionInvalid("not 之后要有括号")
        else:
            inner = self.comparison()
        return (lambda values: not inner(values)) if negated else inner

    def comparison(self) -> Condition:
        left = self.operand()
        sign = self.take("=", "!=", "<", "<=", ">", ">=")
        if sign is None:
            return lambda values: left(values) is True
        right = self.operand()
        return lambda values: _compare(left(values), sign, right(values))

    def operand(self) -> Operand:
        if self.at >= len(self.tokens):
            raise ConditionInvalid("条件没有写完")
        kind, text = self.tokens[self.at]
        if kind == "sign" or (text in WORDS - set(LITERALS) and kind == "name"):
            raise ConditionInvalid(f"条件在“{text}”处读不懂")
        self.at += 1
        if kind == "name" and text not in LITERALS:
            self.fields.add(text)
            return lambda values: values.get(text)
        literal: Any = LITERALS[text] if kind == "name" else text[1:-1] if kind == "text" else float(text)
        return lambda values: literal


def _compare(left: Any, sign: str, right: Any) -> bool:
    """FEEL's comparison: values of different kinds are never equal, and only numbers and texts have an order."""
    same = isinstance(left, bool) == isinstance(right, bool) and bool(left == right)
    if sign in ("=", "!="):
        return same if sign == "=" else not same
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        return False
    return (same and "=" in sign) or bool(left < right if sign[0] == "<" else left > right)
