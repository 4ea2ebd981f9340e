"""The requests that the simulators received, without anything secret: no query, no header, no body."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass

KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request.

    `account` is the path of the account whose key was named (`account` or `account/sub`), with the key's
    label, also when the request was refused; both are None when the key is not known. `status` and `code`
    ("0": accepted) are None when the connection was closed without an answer. `write` says that the call
    changes something when accepted, `fault` which ordered fault decided the answer, `source` the address the
    request was judged by.
    """

    n: int
    time_ms: int
    exchange: str
    method: str
    path: str
    account: str | None
    key_label: str | None
    write: bool
    status: int | None
    code: str | None
    source: str
    fault: str | None


class Log:
    """The last 100,000 requests, in the order they were handled; `n` counts from 1."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def next_number(self) -> int:
        self._count += 1
        return self._count

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def as_json(self) -> list[dict[str, object]]:
        return [asdict(entry) for entry in self._entries]
