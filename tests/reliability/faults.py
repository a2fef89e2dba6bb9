"""Faults at the edge to AWS: what a call meets instead of an answer, or beside it.

They sit in the events of botocore, so that a job under test is the job as it runs. A call is named
`service.Operation` and numbered from 1, within its run and operation.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.session import Session as BotocoreSession

WAITING = "athena.GetQueryExecution"
"""Asked until the query is done: how often differs from run to run."""


class KilledError(BaseException):
    """The process is gone. No `except Exception` of a job may outlive it."""


@dataclass(frozen=True, order=True)
class Point:
    """A place in a run: before or after a call."""

    operation: str
    number: int
    side: Literal["before", "after"]

    def __str__(self) -> str:
        return f"{self.side} {self.operation} {self.number}"


@dataclass(frozen=True)
class Refusal:
    """AWS answers calls `first` to `last` (both inclusive) of an operation with an error."""

    operation: str
    status: int
    code: str
    message: str = "injected"
    first: int = 1
    last: int = 10**6

    def answers(self, operation: str, number: int) -> bool:
        """Whether it is about this call."""
        return operation == self.operation and self.first <= number <= self.last


@dataclass(frozen=True)
class Change:
    """The answers of an operation, changed in place.

    The change gets the answer, the number of the call, and what was asked where that is JSON.
    """

    operation: str
    change: Callable[[dict[str, Any], int, Any], None]


Fault = Point | Refusal | Change


@dataclass
class Faults:
    """The faults of one run, and the calls that it made."""

    faults: tuple[Fault, ...] = ()
    pace: Callable[[str], None] = lambda _operation: None
    """Called before each call: a place where a run may have to wait for another."""
    dies_at: int | None = None
    """The number of the call, of all, before which the run is killed."""
    met: int = 0
    """How often a fault struck."""
    is_dead: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    order: list[tuple[str, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, session: BotocoreSession) -> None:
        """From now on, the clients of a session meet these faults."""
        events = session.get_component("event_emitter")
        events.register("before-call", self._before)
        events.register("before-send", self._send)
        events.register_last("after-call", self._after)

    def points(self) -> list[Point]:
        """Before and after each call that was made; waiting counts once."""
        places = [(op, n) for op, n in self.order if op != WAITING or n == 1]
        return [Point(op, n, side) for op, n in places for side in ("before", "after")]

    def _before(
        self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> None:
        operation = _name(model)
        self.pace(operation)
        with self._lock:
            self._stay_dead()
            self.calls[operation] += 1
            number = context["fault_number"] = self.calls[operation]
            context["fault_asked"] = params["body"]
            self.order.append((operation, number))
            if len(self.order) == self.dies_at:
                self.met += 1
                self.is_dead = True
            self._kill_at(Point(operation, number, "before"))

    def _after(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        operation, number = _name(model), context["fault_number"]
        with self._lock:
            self._stay_dead()
            for fault in self.faults:
                if isinstance(fault, Change) and fault.operation == operation:
                    self.met += 1
                    fault.change(parsed, number, _json(context["fault_asked"]))
            self._kill_at(Point(operation, number, "after"))

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        """An answer instead of sending. Attempts count apart from calls: botocore tries again."""
        service, operation = event_name.split(".")[1:3]
        name = f"{service}.{operation}"
        with self._lock:
            self.sent[name] += 1
            for fault in self.faults:
                if isinstance(fault, Refusal) and fault.answers(name, self.sent[name]):
                    self.met += 1
                    return _response(request.url, service, fault)
        return None

    def _kill_at(self, point: Point) -> None:
        if point in self.faults:
            self.met += 1
            self.is_dead = True
        self._stay_dead()

    def _stay_dead(self) -> None:
        if self.is_dead:
            raise KilledError


def _json(body: Any) -> Any:
    try:
        return json.loads(body)
    except (TypeError, ValueError):
        return None


def _name(model: Any) -> str:
    return f"{model.service_model.service_id.hyphenize()}.{model.name}"


def _response(url: str, service: str, fault: Refusal) -> AWSResponse:
    """The error in the spelling of the service's protocol."""
    code, message = fault.code, fault.message
    headers, body = {"x-amzn-errortype": code}, json.dumps({"__type": code, "message": message})
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "ec2":
        body = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            "</Errors><RequestID>1</RequestID></Response>"
        )
    return AWSResponse(url, fault.status, HTTPHeaders.from_dict(headers), _Raw(body.encode()))


@dataclass
class _Raw:
    """The body of an answer, as urllib3 would hand it over."""

    body: bytes

    def stream(self, *_: Any, **__: Any) -> Iterable[bytes]:
        yield self.body

    def read(self, *_: Any, **__: Any) -> bytes:
        body, self.body = self.body, b""
        return body
