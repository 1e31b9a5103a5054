"""Files and texts that mean harm; run as a module it lints all files in a process with little memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from engine.lint import lint
from engine.registry import Registry

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bl="urn:binglian:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:x">'
)
TAIL = "</bpmn:definitions>"


def diagram(
    condition: str = "x == 1",
    limit: str = "1WD",
    value: str = "s",
    organisation: str = "s",
    timer: str = "s",
    key: str = "item",
    output: str = "s",
    cardinality: str = "2",
    targets: str = "x",
    **inputs: str,
) -> bytes:
    """A stage with an expression in every place that takes one."""
    value = inputs.get("input", value)
    texts = [quoteattr(f"={text}") for text in (organisation, limit, value, key, targets, output)]
    organisation, limit, value, key, targets, output = texts
    condition, timer, cardinality = (
        quoteattr(text)[1:-1].replace("<", "&lt;") for text in (condition, timer, cardinality)
    )
    flows = "".join(
        f'<bpmn:sequenceFlow id="{a}{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in ("st", "ta", "ag", "gw", "wc", "cu", "ue")
    )
    return f"""{HEAD}<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:userTask id="t" name="t"><bpmn:extensionElements><bl:task role="r" organisation={organisation} limit={limit}>
<bl:output name="o" value={output}/></bl:task></bpmn:extensionElements></bpmn:userTask>
<bpmn:serviceTask id="a"><bpmn:extensionElements><bl:operation name="o"><bl:input name="i" value={value}/>
</bl:operation></bpmn:extensionElements></bpmn:serviceTask><bpmn:exclusiveGateway id="g" default="gw"/>
<bpmn:intermediateCatchEvent id="w"><bpmn:timerEventDefinition><bpmn:timeDuration>={timer}</bpmn:timeDuration>
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:callActivity id="c" name="c" calledElement="q"><bpmn:extensionElements><bl:call key={key}>
<bl:cascade on="suspended" targets={targets} effect="freeze"/></bl:call></bpmn:extensionElements>
<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>
<bpmn:inputDataItem id="each" name="item"/></bpmn:multiInstanceLoopCharacteristics></bpmn:callActivity>
<bpmn:userTask id="u" name="u"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{cardinality}
</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="e"/>{flows}
<bpmn:sequenceFlow id="ge" sourceRef="g" targetRef="e"><bpmn:conditionExpression>{condition}</bpmn:conditionExpression>
</bpmn:sequenceFlow></bpmn:process>{TAIL}""".encode()


def process(inner: str, name: str = "p") -> str:
    """A process around ``inner``."""
    return f'<bpmn:process id="{name}" isExecutable="true">{inner}</bpmn:process>'


def definitions(inner: str) -> bytes:
    """A file around ``inner``."""
    return f"{HEAD}{inner}{TAIL}".encode()


def chain_of_calls(count: int) -> bytes:
    """Each process calls the next, the last one the first."""
    calls = (f'<bpmn:callActivity id="c{i}" calledElement="p{(i + 1) % count}"/>' for i in range(count))
    return definitions("".join(process(call, f"p{i}") for i, call in enumerate(calls)))


def nested(tag: str, depth: int) -> str:
    """Elements inside each other."""
    return "".join(f'<bpmn:{tag} id="n{i}">' for i in range(depth)) + f"</bpmn:{tag}>" * depth


def entities(count: int) -> str:
    """Each entity is ten times the one before."""
    lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, count))
    return f'<!DOCTYPE d [<!ENTITY e0 "lol">{lines}]>'


def one(text: str) -> bytes:
    """A small whole file with ``text`` before its root."""
    return text.encode() + definitions(process(""))


@dataclass(frozen=True)
class Hostile:
    """How to make a file, and the rule that refuses it."""

    rule: str
    make: Callable[[], bytes]


UNREADABLE = {
    "empty": lambda: b"",
    "spaces only": lambda: b" \n ",
    "no xml": lambda: b"PK\x03\x04 this is a zip",
    "truncated": lambda: diagram()[:-400],
    "tags crossed": lambda: definitions("<bpmn:process></bpmn:signal>"),
    "two roots": lambda: definitions("") + definitions(""),
    "null bytes": lambda: diagram().replace(b"isExecutable", b"is\x00Executable"),
    "control character": lambda: diagram().replace(b'name="t"', b'name="\x01"'),
    "character beyond unicode": lambda: diagram().replace(b'name="t"', b'name="&#x110000;"'),
    "undefined entity": lambda: diagram().replace(b'name="t"', b'name="&nbsp;"'),
    "attribute twice": lambda: diagram().replace(b'name="t"', b'name="t" name="t"'),
    "undeclared prefix": lambda: definitions('<x:y xmlns="urn:z"/>'),
    "utf-16": lambda: diagram().decode().encode("utf-16"),
    "utf-16 said to be utf-8": lambda: (
        b'<?xml version="1.0" encoding="UTF-8"?>' + diagram().decode().encode("utf-16-le")
    ),
    "utf-8 said to be utf-16": lambda: b'<?xml version="1.0" encoding="UTF-16"?>' + diagram(),
    "gbk": lambda: '<?xml version="1.0" encoding="GBK"?><流程/>'.encode("gbk"),
    "ascii said to be gbk": lambda: b'<?xml version="1.0" encoding="GBK"?>' + diagram(),
    "utf-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>' + diagram(),
    "unknown encoding": lambda: b'<?xml version="1.0" encoding="rot13"?>' + diagram(),
    "overlong utf-8": lambda: diagram().replace(b'name="t"', b'name="\xc0\xbc"'),
    "surrogate in utf-8": lambda: diagram().replace(b'name="t"', b'name="\xed\xa0\x80"'),
    "dtd": lambda: one("<!DOCTYPE definitions>"),
    "dtd of another file": lambda: one('<!DOCTYPE definitions SYSTEM "file:///etc/passwd">'),
    "external entity": lambda: one('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "parameter entity": lambda: one('<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>'),
    "entity of itself": lambda: one('<!DOCTYPE d [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'),
    "billion laughs": lambda: entities(12).encode() + definitions("&e11;"),
    "billion laughs in an attribute": lambda: entities(12).encode() + definitions('<bpmn:signal name="&e11;"/>'),
    "quadratic entity": lambda: f'<!DOCTYPE d [<!ENTITY a "{"a" * 50_000}">]><d>{"&a;" * 50_000}</d>'.encode(),
    "default attributes": lambda: one('<!DOCTYPE d [<!ATTLIST d x CDATA "y">]>'),
    "processing instruction": lambda: one('<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>'),
    "processing instruction inside": lambda: definitions("<?php system('id') ?>"),
    "too many bytes": lambda: definitions(f"<!--{'x' * 5_000_000}-->"),
    "too many elements": lambda: definitions("<a/>" * 500_000),
    "too deep": lambda: definitions(nested("subProcess", 50_000)),
    "far too deep": lambda: b"<a>" * 1_000_000,
    "too many attributes": lambda: ("<a " + " ".join(f'a{i}=""' for i in range(200_000)) + "/>").encode(),
    "too many namespaces": lambda: ("<a " + " ".join(f'xmlns:a{i}="u"' for i in range(100_000)) + "/>").encode(),
}
STRANGE = {
    "include": (
        "schema-valid",
        lambda: definitions('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
    ),
    "other root": ("schema-valid", lambda: b"<html/>"),
    "schema of another file": (
        "process-present",
        lambda: definitions("").replace(b'id="d"', b'id="d" xsi:schemaLocation="urn:x file:///dev/zero"'),
    ),
    "long attribute": ("process-present", lambda: definitions(f'<bpmn:signal id="s" name="{"x" * 1_900_000}"/>')),
    "long text": (
        "process-present",
        lambda: definitions(f"<bpmn:documentation>{'x' * 1_900_000}</bpmn:documentation>"),
    ),
    "long id": ("unique-id", lambda: definitions(f'<bpmn:signal id="{"x" * 500_000}"/>' * 3)),
    "duplicated ids": ("unique-id", lambda: definitions(process('<bpmn:userTask id="t"/>' * 7_500))),
    "duplicated processes": ("unique-id", lambda: definitions(process("") * 5_000)),
    "wide scope": (
        "small-scope",
        lambda: definitions(process("".join(f'<bpmn:task id="t{i}"/>' for i in range(3_700)))),
    ),
    "flows between two": (
        "no-duplicate-flow",
        lambda: definitions(
            process(
                '<bpmn:startEvent id="a"/><bpmn:endEvent id="b"/>'
                + "".join(f'<bpmn:sequenceFlow id="f{i}" sourceRef="a" targetRef="b"/>' for i in range(3_700))
            )
        ),
    ),
    "circle of flows": (
        "automatic-loop",
        lambda: definitions(
            process(
                "".join(f'<bpmn:exclusiveGateway id="g{i}"/>' for i in range(3_700))
                + "".join(
                    f'<bpmn:sequenceFlow id="f{i}" sourceRef="g{i}" targetRef="g{(i + 1) % 3_700}"/>'
                    for i in range(3_700)
                )
            )
        ),
    ),
    "circle of calls": ("no-recursive-call", lambda: chain_of_calls(3_700)),
    "calls itself": ("no-recursive-call", lambda: chain_of_calls(1)),
    "many joins": (
        "small-scope",
        lambda: definitions(
            process(
                "".join(f'<bpmn:parallelGateway id="g{i}"/>' for i in range(2_500))
                + "".join(
                    f'<bpmn:sequenceFlow id="f{i}x{j}" sourceRef="g{i}" targetRef="g{i + j}"/>'
                    for i in range(2_490)
                    for j in (1, 2)
                )
            )
        ),
    ),
    "nested sub-processes": ("one-start-event", lambda: definitions(process(nested("subProcess", 60)))),
    "many event sub-processes": (
        "event-sub-process",
        lambda: definitions(
            process(
                "".join(
                    f'<bpmn:subProcess id="s{i}" triggeredByEvent="true"><bpmn:startEvent id="e{i}"/></bpmn:subProcess>'
                    for i in range(3_700)
                )
            )
        ),
    ),
    "many links": (
        "link-pair",
        lambda: definitions(
            process(
                "".join(
                    f'<bpmn:subProcess id="s{i}"><bpmn:intermediateThrowEvent id="e{i}">'
                    f'<bpmn:linkEventDefinition id="l{i}" name="n{i}"/></bpmn:intermediateThrowEvent></bpmn:subProcess>'
                    for i in range(2_500)
                )
            )
        ),
    ),
    "expression nested deep": ("valid-expression", lambda: diagram(condition="(" * 3_000)),
    "many expressions": (
        "valid-expression",
        lambda: definitions(
            process(
                "".join(
                    f'<bpmn:sequenceFlow id="f{i}" sourceRef="a" targetRef="b"><bpmn:conditionExpression>{"-" * 150}{i}'
                    "</bpmn:conditionExpression></bpmn:sequenceFlow>"
                    for i in range(1_500)
                )
            )
        ),
    ),
    "foreign namespaces": (
        "process-present",
        lambda: definitions(
            "<bpmn:extensionElements>"
            + "".join(f'<n:x xmlns:n="urn:n{i}"/>' for i in range(3_700))
            + "</bpmn:extensionElements>"
        ),
    ),
}
FILES = {
    **{name: Hostile("readable-file", make) for name, make in UNREADABLE.items()},
    **{name: Hostile(rule, make) for name, (rule, make) in STRANGE.items()},
}

TEXTS = [
    "__import__('os').system('id')",
    "eval('1')",
    "exec('import os')",
    "compile('1', '', 'eval')",
    "open('/etc/passwd')",
    "globals()",
    "getattr(x, 'append')",
    "print(1)",
    "breakpoint()",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__.__mro__",
    "s.format(x)",
    "'{0.__class__}'.format(x)",
    "''.join(['a'])",
    "len.__self__.eval('1')",
    "any.__call__([1])",
    "(lambda: 1)()",
    "[lambda: i for i in x]",
    "f'{x}'",
    "f'{__import__(\"os\")}'",
    "(a := 1)",
    "x = 1",
    "import os",
    "x; y",
    "del x",
    "yield 1",
    "(yield)",
    "await x",
    "[i async for i in x]",
    "10 ** 10 ** 10",
    "'a' * 10 ** 9",
    "[0] * 10 ** 9",
    "1 << 10 ** 9",
    "9 // 0",
    "9 % 0",
    "x @ y",
    "~1",
    "1 | 2",
    "x is None",
    "[*x]",
    "{**y}",
    "len(*x)",
    "max(x, key=len)",
    "sum(x, start=5)",
    "len()",
    "len(x, x, x)",
    "x[0:1]",
    "x[...]",
    "...",
    "{1, 2}",
    "{i for i in x}",
    "{i: i for i in x}",
    "{s: 1}",
    "[i for i in x for j in x]",
    "[i for i, j in x]",
    "[len for len in x]",
    "[[i for i in x] for i in x]",
    "[__class__ for __class__ in x]",
    "b'bytes'",
    "1j",
    "1e999",
    "x[1e999]",
    "__builtins__",
    "__name__",
    "_private",
    "typename",
    "len",
    "count",
    "ｅｖａｌ('1')",
    "x.ｃlass",
    "'\\x41'",
    "'\\N{DIGIT ONE}'",
    "x\0y",
    "x\\\n.y",
    "'unfinished",
    "((((",
    "(" * 1_500 + ")" * 1_500,
    "[" * 150 + "]" * 150,
    "-" * 1_900 + "1",
    "not " * 450 + "x",
    "1 if x else " * 150 + "1",
    "x" + "[0]" * 600,
    "1" + " + 1" * 450,
    "'" + "a" * 3_000 + "'",
    "x == " * 300 + "x",
    "9" * 5_000,
    "# comment",
    "${x}",
    "#{x}",
    "<script>alert(1)</script>",
    "{{ x }}",
    "'; DROP TABLE audit_entries; --",
    "$(id)",
    "`id`",
    "count(any(a == 0 - b for b in items) for a in [c + 1 for c in items])",
    "[[[i, j] for j in items] for i in items]",
    "[[a, a] for a in [[b, b] for b in [[c, c] for c in [[d, d] for d in [items]]]]] == [[items]] or missing",
    "[0][9 - 10 - 10]",
    "y['__class__']",
    "s < 1",
    "max([])",
    "max(x, y)",
]


def main(megabytes: int) -> None:
    """Lint every file with ``megabytes`` of memory beyond what the imports needed; answer as JSON."""
    lint({"warm": diagram()}, Registry())
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1024 * 1024,) * 2)
    answers = {}
    for name, hostile in FILES.items():
        content = hostile.make()
        trouble, rules = None, set()
        begun = time.process_time()
        try:
            rules = {finding.rule for finding in lint({"hostile.bpmn": content}, Registry())}
        except BaseException as error:
            trouble = repr(error)[:200]
        answers[name] = {"trouble": trouble, "rules": sorted(rules), "seconds": time.process_time() - begun}
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(int(sys.argv[1]))
