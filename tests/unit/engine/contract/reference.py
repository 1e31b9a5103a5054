"""What must happen in a diagram of blocks, worked out without tokens: each block knows what to do when it is done.

Written against the meaning of the blocks (BPMN 2.0.2, 13), not against the engine, to be compared with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.unit.engine.contract.blocks import Block, Listener, racer

Then = Callable[[], None]


@dataclass(eq=False)
class Scope:
    """A running process or sub-process: alive until ``running`` things in it are over or something takes it away."""

    around: Scope | None
    over: Then
    on_error: Then | None = None
    terminates: Scope | None = None
    running: int = 1
    gone: bool = False

    def begin_another(self) -> None:
        self.running += 1

    def one_is_over(self) -> None:
        if self.is_alive:
            self.running -= 1
            if self.running == 0:
                self.gone = True
                self.over()

    @property
    def is_alive(self) -> bool:
        return not self.gone and (self.around is None or self.around.is_alive)


@dataclass(eq=False)
class Open:
    """Something that waits: a user task, or an event."""

    element: str
    trigger: str
    scope: Scope
    then: Then
    again: bool = False


@dataclass
class Reference:
    """One run of a process."""

    waiting: list[Open] = field(default_factory=list)
    ended: bool = False
    more: dict[str, bool] = field(default_factory=dict)

    def start(self, process: Block) -> None:
        self._scope(process, None, self._end)

    def open(self) -> list[Open]:
        """What is open now, longest first."""
        return [waiting for waiting in self.waiting if waiting.scope.is_alive]

    def happen(self, waiting: Open) -> None:
        """The task is completed, or the event occurs."""
        if not waiting.again:
            self.waiting.remove(waiting)
        elif waiting.trigger == "message":  # it waits anew, behind all others
            self.waiting.remove(waiting)
            self.waiting.append(waiting)
        waiting.then()

    def _end(self) -> None:
        self.ended = True

    def _wait(self, element: str, trigger: str, scope: Scope, then: Then, again: bool = False) -> Open:
        waiting = Open(element, trigger, scope, then, again)
        self.waiting.append(waiting)
        return waiting

    def _run(self, block: Block, scope: Scope, then: Then) -> None:
        if not scope.is_alive:
            return
        match block.kind:
            case "task":
                self._wait(block.name, "task", scope, then)
            case "pass":
                then()
            case "sequence":
                self._run_all(list(block.parts), scope, then)
            case "fork":
                self._wait(f"{block.name}_split", "task", scope, lambda: self._run_beside(block, scope, then))
            case "race":
                self._race(block, scope, then)
            case "loop":
                self._loop(block, scope, then)
            case "ends":
                self._ends(block, scope)
            case "scope" | "call":
                self._activity(block, scope, then)
            case _:
                self._run_beside(block, scope, then)

    def _run_beside(self, block: Block, scope: Scope, then: Then) -> None:
        """Run the parts that are taken; go on when all of them are done."""
        left = list(block.taken)

        def one_done() -> None:
            left.pop()
            if not left:
                then()

        for position in block.taken:
            self._run(block.parts[position], scope, one_done)

    def _race(self, block: Block, scope: Scope, then: Then) -> None:
        racing = Scope(scope, over=then)

        def won(part: Block) -> Then:
            def run() -> None:
                racing.gone = True
                self._run(part, scope, then)

            return run

        for position, part in enumerate(block.parts):
            self._wait(racer(block, position), "message", racing, won(part))

    def _run_all(self, parts: list[Block], scope: Scope, then: Then) -> None:
        if not parts:
            then()
        else:
            self._run(parts[0], scope, lambda: self._run_all(parts[1:], scope, then))

    def _loop(self, block: Block, scope: Scope, then: Then) -> None:
        def asked() -> None:
            if self.more[block.name]:
                self._loop(block, scope, then)
            else:
                then()

        ask = f"{block.name}_ask"

        def run_once() -> None:
            self._wait(ask, "task", scope, asked)

        self._run(block.parts[0], scope, run_once)

    def _ends(self, block: Block, scope: Scope) -> None:
        def first_over() -> None:
            if block.end == "none":
                scope.one_is_over()
            elif block.end == "error":
                assert scope.on_error is not None
                scope.on_error()
            else:
                assert scope.terminates is not None
                scope.terminates.running = 1
                scope.terminates.one_is_over()

        scope.begin_another()
        self._run(block.parts[0], scope, first_over)
        self._run(block.parts[1], scope, scope.one_is_over)

    def _activity(self, block: Block, scope: Scope, then: Then) -> None:
        """A sub-process or call activity with what it wears."""
        activity = Scope(scope, over=then)

        def interrupted(handler: Block) -> Then:
            def run() -> None:
                activity.gone = True
                self._run(handler, scope, then)

            return run

        def beside(handler: Block) -> Then:
            def run() -> None:
                scope.begin_another()
                self._run(handler, scope, scope.one_is_over)

            return run

        def listen(listener: Listener) -> None:
            act = interrupted(listener.handler) if listener.interrupting else beside(listener.handler)
            again = not listener.interrupting and listener.trigger == "message"
            self._wait(listener.name, listener.trigger, activity, act, again)

        if block.error_handler is not None:
            activity.on_error = interrupted(block.error_handler)
        for listener in block.boundaries:
            listen(listener)
        self._repeat(block, activity, block.repeated)

    def _repeat(self, block: Block, activity: Scope, times: int) -> None:
        if block.repeated and block.sequential:
            last = times <= 1
            then = activity.one_is_over if last else (lambda: self._repeat(block, activity, times - 1))
            self._scope(block, activity, then)
            return
        for _ in range(max(block.repeated, 1) - 1):
            activity.begin_another()
        for _ in range(max(block.repeated, 1)):
            self._scope(block, activity, activity.one_is_over)

    def _scope(self, block: Block, around: Scope | None, then: Then) -> None:
        """The inside of a sub-process: its flow, and what listens beside it."""
        whole = Scope(around, over=then)  # until everything in it is over
        handled = Scope(whole, over=whole.one_is_over)  # the flow and the handlers beside it
        on_error = None if around is None else around.on_error
        flow = Scope(handled, over=handled.one_is_over, on_error=on_error, terminates=whole)

        def instead(handler: Block) -> Then:
            def run() -> None:
                handled.gone = True
                self._run(handler, whole, whole.one_is_over)

            return run

        def beside(handler: Block) -> Then:
            def run() -> None:
                handled.begin_another()
                self._run(handler, handled, handled.one_is_over)

            return run

        for listener in block.event_subprocesses:
            act = instead(listener.handler) if listener.interrupting else beside(listener.handler)
            again = not listener.interrupting and listener.trigger == "message"
            self._wait(listener.name, listener.trigger, handled if listener.interrupting else flow, act, again)
        self._run(block.parts[0], flow, flow.one_is_over)
