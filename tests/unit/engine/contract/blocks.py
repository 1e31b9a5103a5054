"""Random diagrams of nested blocks, drawn as BPMN."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from engine.normalise.names import MODEL, SCHEMA_INSTANCE

DEEPEST = 4
TRIGGER = {
    "message": '<messageEventDefinition messageRef="message_{0}"/>',
    "timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
}

GATEWAYS = {
    "parallel": ("parallelGateway", "parallelGateway"),
    "fork": ("userTask", "parallelGateway"),
    "choice": ("exclusiveGateway", "exclusiveGateway"),
    "inclusive": ("inclusiveGateway", "inclusiveGateway"),
}


@dataclass(frozen=True)
class Listener:
    """A boundary event or event sub-process and what it leads to."""

    name: str
    trigger: str
    interrupting: bool
    handler: Block


@dataclass(frozen=True)
class Block:
    """One block of a diagram; ``kind`` decides which of the other parts it has.

    - ``task``, ``pass``: a user task; a throw event
    - ``sequence``, ``parallel``, ``choice``, ``inclusive``: ``parts``, of which ``taken`` (positions) are run
    - ``fork``: as ``parallel``, but the flows leave a user task
    - ``race``: an event gateway; the part is run whose message comes first
    - ``loop``: the one part, and a user task that asks whether to run it again
    - ``ends``: the parts run beside each other, each to an end event of its own; the last thing of a scope. The first
      of them ends with ``end``: ``none``, ``error`` or ``terminate``
    - ``scope``: a sub-process around the one part, ``repeated`` times (0: once), with ``boundaries`` and
      ``event_subprocesses``
    - ``call``: a call activity whose process is the one part, with ``boundaries``
    """

    kind: str
    name: str
    parts: tuple[Block, ...] = ()
    taken: tuple[int, ...] = ()
    end: str = "none"
    repeated: int = 0
    sequential: bool = False
    boundaries: tuple[Listener, ...] = ()
    event_subprocesses: tuple[Listener, ...] = ()
    error_handler: Block | None = None


@dataclass
class Maker:
    """Makes random blocks with names that differ."""

    random: Random
    made: int = 0

    def name(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def body(self, depth: int, may_throw: bool) -> Block:
        """What a scope holds: a sequence, perhaps with several ends."""
        parts = [self.block(depth + 1) for _ in range(self.random.randint(1, 2))]
        if self.random.random() < 0.3:
            branches = tuple(self.block(depth + 1) for _ in range(2))
            end = self.random.choice(["none", "terminate", "error" if may_throw else "none"])
            parts.append(Block("ends", self.name("ends"), branches, end=end))
        return Block("sequence", self.name("sequence"), tuple(parts))

    def block(self, depth: int) -> Block:
        """Any block; only tasks below a certain depth."""
        kinds = ["task"] * 3 + ["pass"]
        if depth < DEEPEST:
            kinds += ["sequence", "parallel", "fork", "choice", "inclusive", "race", "loop", "call"] + ["scope"] * 3
        kind = self.random.choice(kinds)
        name = self.name(kind)
        if kind in ("task", "pass"):
            return Block(kind, name)
        if kind in ("scope", "call"):
            return self.scope(kind, name, depth)
        if kind == "loop":
            return Block(kind, name, (self.block(depth + 1),))
        parts = tuple(self.block(depth + 1) for _ in range(self.random.randint(2, 3)))
        positions = range(len(parts))
        if kind == "choice":
            return Block(kind, name, parts, (self.random.choice(positions),))
        taken = tuple(sorted(self.random.sample(positions, self.random.randint(1, len(parts)))))
        return Block(kind, name, parts, taken if kind == "inclusive" else tuple(positions))

    def scope(self, kind: str, name: str, depth: int) -> Block:
        """A sub-process or call activity, perhaps with events."""
        error_handler = self.block(depth + 1) if self.random.random() < 0.3 else None
        events = self.listeners(depth) if kind == "scope" and self.random.random() < 0.4 else ()
        return Block(
            kind,
            name,
            (self.body(depth, may_throw=error_handler is not None),),
            repeated=self.random.choice([0, 0, 2]) if kind == "scope" else 0,
            sequential=self.random.random() < 0.5,
            boundaries=self.listeners(depth) if self.random.random() < 0.5 else (),
            event_subprocesses=events,
            error_handler=error_handler,
        )

    def listeners(self, depth: int) -> tuple[Listener, ...]:
        return tuple(
            Listener(
                self.name("event"),
                self.random.choice(["message", "timer"]),
                self.random.random() < 0.5,
                self.block(depth + 1),
            )
            for _ in range(self.random.randint(1, 2))
        )


def random_process(seed: int) -> Block:
    """The block of a process, the same for the same seed."""
    maker = Maker(Random(seed))
    events = maker.listeners(1) if maker.random.random() < 0.3 else ()
    return Block("scope", "main", (maker.body(0, may_throw=False),), event_subprocesses=events)


@dataclass
class Drawing:
    """Draws blocks as BPMN."""

    messages: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)

    def definitions(self, main: Block) -> bytes:
        """The whole file."""
        self.process("main", main)
        declared = "".join(f'<message id="message_{name}" name="{name}"/>' for name in self.messages)
        return (
            f'<definitions xmlns="{MODEL}" xmlns:xsi="{SCHEMA_INSTANCE}" xmlns:bl="urn:binglian:bpmn:1" id="random" '
            f'targetNamespace="urn:random">{declared}<error id="fault" name="fault" errorCode="fault"/>'
            f"{''.join(self.processes)}</definitions>"
        ).encode()

    def process(self, name: str, block: Block) -> None:
        self.processes.append(f'<process id="{name}" isExecutable="true">{self.inside(block)}</process>')

    def inside(self, scope: Block) -> str:
        """What stands in a process or sub-process: the body, and event sub-processes."""
        name = scope.name
        body = self.draw(scope.parts[0])
        drawn = f'<startEvent id="{name}_start"/>{flow(f"{name}_start", body.first)}{body.xml}'
        if body.last is not None:
            drawn += f'<endEvent id="{name}_end"/>{flow(body.last, f"{name}_end")}'
        return drawn + "".join(map(self.event_subprocess, scope.event_subprocesses))

    def event_subprocess(self, listener: Listener) -> str:
        handler = self.draw(listener.handler)
        assert handler.last is not None
        interrupting = str(listener.interrupting).lower()
        return (
            f'<subProcess id="{listener.name}_sub" triggeredByEvent="true">'
            f'<startEvent id="{listener.name}" isInterrupting="{interrupting}">{self.trigger(listener)}</startEvent>'
            f'{handler.xml}<endEvent id="{listener.name}_end"/>{flow(listener.name, handler.first)}'
            f"{flow(handler.last, f'{listener.name}_end')}</subProcess>"
        )

    def trigger(self, listener: Listener) -> str:
        if listener.trigger == "message":
            self.messages.append(listener.name)
        return TRIGGER[listener.trigger].format(listener.name)

    def draw(self, block: Block) -> Drawn:
        """One block, from its first node to its last."""
        match block.kind:
            case "task":
                return Drawn(f'<userTask id="{block.name}" name="{block.name}"/>', block.name, block.name)
            case "pass":
                return Drawn(f'<intermediateThrowEvent id="{block.name}"/>', block.name, block.name)
            case "sequence":
                return self.sequence(block)
            case "loop":
                return self.loop(block)
            case "ends":
                return self.ends(block)
            case "race":
                return self.race(block)
            case "scope" | "call":
                return self.activity(block)
        return self.branches(block)

    def sequence(self, block: Block) -> Drawn:
        drawn = [self.draw(part) for part in block.parts]
        xml = "".join(part.xml for part in drawn)
        for before, after in pairwise(drawn):
            assert before.last is not None
            xml += flow(before.last, after.first)
        return Drawn(xml, drawn[0].first, drawn[-1].last)

    def loop(self, block: Block) -> Drawn:
        name, part = block.name, self.draw(block.parts[0])
        assert part.last is not None
        ask, choose, merge = f"{name}_ask", f"{name}_choose", f"{name}_merge"
        xml = (
            f'<exclusiveGateway id="{merge}"/>{flow(merge, part.first)}{part.xml}{flow(part.last, ask)}'
            f'<userTask id="{ask}" name="{ask}"><extensionElements><bl:task role="any">'
            f'<bl:output name="{name}_more"/></bl:task></extensionElements></userTask>{flow(ask, choose)}'
            f'<exclusiveGateway id="{choose}" default="{choose}-{name}_done"/>'
            f"{flow(choose, merge, f'{name}_more')}{flow(choose, f'{name}_done')}"
            f'<intermediateThrowEvent id="{name}_done"/>'
        )
        return Drawn(xml, merge, f"{name}_done")

    def ends(self, block: Block) -> Drawn:
        fork = f"{block.name}_fork"
        xml = f'<parallelGateway id="{fork}"/>'
        kinds = {
            "none": "",
            "error": '<errorEventDefinition errorRef="fault"/>',
            "terminate": "<terminateEventDefinition/>",
        }
        for position, part in enumerate(map(self.draw, block.parts)):
            assert part.last is not None
            end = f"{block.name}_end_{position}"
            inside = kinds[block.end] if position == 0 else ""
            xml += f'{flow(fork, part.first)}{part.xml}{flow(part.last, end)}<endEvent id="{end}">{inside}</endEvent>'
        return Drawn(xml, fork, None)

    def race(self, block: Block) -> Drawn:
        gateway, merge = f"{block.name}_gateway", f"{block.name}_merge"
        xml = f'<eventBasedGateway id="{gateway}"/><exclusiveGateway id="{merge}"/>'
        for position, part in enumerate(map(self.draw, block.parts)):
            assert part.last is not None
            event = racer(block, position)
            self.messages.append(event)
            xml += (
                f'{flow(gateway, event)}<intermediateCatchEvent id="{event}">{TRIGGER["message"].format(event)}'
                f"</intermediateCatchEvent>{flow(event, part.first)}{part.xml}{flow(part.last, merge)}"
            )
        return Drawn(xml, gateway, merge)

    def branches(self, block: Block) -> Drawn:
        split, join = f"{block.name}_split", f"{block.name}_join"
        opening, closing = GATEWAYS[block.kind]
        drawn = [self.draw(part) for part in block.parts]
        default = f' default="{split}-{drawn[-1].first}"' if block.kind == "choice" else ""
        xml = f'<{opening} id="{split}"{default}/><{closing} id="{join}"/>'
        for position, part in enumerate(drawn):
            assert part.last is not None
            is_default = block.kind == "choice" and position == len(drawn) - 1
            holds = "1 == 1" if position in block.taken else "1 == 0"
            condition = None if block.kind in ("parallel", "fork") or is_default else holds
            xml += f"{flow(split, part.first, condition)}{part.xml}{flow(part.last, join)}"
        return Drawn(xml, split, join)

    def activity(self, block: Block) -> Drawn:
        name = block.name
        if block.kind == "call":
            self.process(f"{name}_called", block)
            xml = f'<callActivity id="{name}" name="{name}" calledElement="{name}_called"/>'
        else:
            xml = f'<subProcess id="{name}">{repetition(block)}{self.inside(block)}</subProcess>'
        after = f"{name}_after"
        xml += f'<exclusiveGateway id="{after}"/>{flow(name, after)}'
        for listener in block.boundaries:
            xml += self.boundary(block, listener, after)
        if block.error_handler is not None:
            handler = self.draw(block.error_handler)
            assert handler.last is not None
            xml += (
                f'<boundaryEvent id="{name}_error" attachedToRef="{name}"><errorEventDefinition errorRef="fault"/>'
                f"</boundaryEvent>{flow(f'{name}_error', handler.first)}{handler.xml}{flow(handler.last, after)}"
            )
        return Drawn(xml, name, after)

    def boundary(self, block: Block, listener: Listener, after: str) -> str:
        handler = self.draw(listener.handler)
        assert handler.last is not None
        xml = (
            f'<boundaryEvent id="{listener.name}" attachedToRef="{block.name}" '
            f'cancelActivity="{str(listener.interrupting).lower()}">{self.trigger(listener)}</boundaryEvent>'
            f"{flow(listener.name, handler.first)}{handler.xml}"
        )
        if listener.interrupting:
            return xml + flow(handler.last, after)
        return xml + f'<endEvent id="{listener.name}_end"/>{flow(handler.last, f"{listener.name}_end")}'


@dataclass(frozen=True)
class Drawn:
    """A block as BPMN; ``last`` is None where no flow leaves it."""

    xml: str
    first: str
    last: str | None


def racer(block: Block, position: int) -> str:
    """The catch event before a part of a race."""
    return f"{block.name}_event_{position}"


def repetition(block: Block) -> str:
    if not block.repeated:
        return ""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(block.sequential).lower()}">'
        f"<loopCardinality>{block.repeated}</loopCardinality></multiInstanceLoopCharacteristics>"
    )


def flow(source: str, target: str, condition: str | None = None) -> str:
    inside = "" if condition is None else f"<conditionExpression>{condition}</conditionExpression>"
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
