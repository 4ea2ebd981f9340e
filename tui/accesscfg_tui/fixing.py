"""What goes on behind guided fixes: looks at one key, ticks being written down, and statements being recorded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.message import Message

from accesscfg.model.attestation import AttestResult
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration
from accesscfg.report.words import FACETS, listing
from accesscfg_tui.reading import ReadingApp
from accesscfg_tui.work import Work

T = TypeVar("T")
_LOOK_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person states: these facets of a key are as declared."""

    facets: tuple[str, ...]
    by: str
    note: str | None


class Clerk:
    """Writes what was ticked off at one key's guide, in a thread and in the order in which it was done."""

    def __init__(self, failed: Callable[[BaseException], object]) -> None:
        self._failed = failed
        self._lock = threading.Lock()
        self._orders: list[Callable[[], None]] = []
        self._work: Work[None] | None = None

    def do(self, order: Callable[[], None]) -> None:
        """Do this after what was ordered before."""
        with self._lock:
            self._orders.append(order)
            if self._work is None:
                self._work = Work("ticking", self._write, self._ended, writes=True).start()

    @property
    def is_idle(self) -> bool:
        """Whether everything is written."""
        with self._lock:
            return self._work is None

    async def _write(self, stop: asyncio.Event) -> None:
        while (order := self._next()) is not None:
            order()

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._orders:
                return self._orders.pop(0)
            self._work = None
            return None

    def _ended(self, _: None, error: BaseException | None) -> None:
        if error is not None:
            with self._lock:
                self._orders.clear()
                self._work = None
            self._failed(error)


class FixingApp(ReadingApp):
    """Keeps what must not end with a screen: the writing of ticks, and of what a person states."""

    _clerks: dict[str, Clerk] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._looks_lock = threading.Lock()
        self._looks_asking = 0  # looks whose calls are under way
        self._is_stating = False

    @dataclass
    class Attested(Message):
        """A statement was recorded, or why it was not."""

        key: str
        result: AttestResult | None
        error: BaseException | None

    class Looked(Message):
        """The calls of a look have ended."""

    @dataclass
    class NotTicked(Message):
        """Ticks could not be written down."""

        error: BaseException

    def clerk(self, key: str) -> Clerk:
        """Who writes the ticks of this key."""
        if self._clerks is None:
            self._clerks = {}
        return self._clerks.setdefault(key, Clerk(lambda error: self.post_message(self.NotTicked(error))))

    def on_fixing_app_not_ticked(self, message: NotTicked) -> None:
        """They are on the screen only."""
        text = f"ticks could not be written down: {told(message.error)}"
        self.notify(text, severity="error", markup=False)

    # -- looking at one key --------------------------------------------------------------------------------------

    def look(
        self,
        key: str,
        ask: Callable[[], Awaitable[T]],
        done: Callable[[T | None, BaseException | None], None],
    ) -> Work[T]:
        """Ask about one key in a thread: when its ticks are written, and nothing else signs with its account's keys."""
        clerk = self.clerk(key)

        async def do(stop: asyncio.Event) -> T:
            while not clerk.is_idle or not self._may_ask(key):
                await asyncio.sleep(_LOOK_AGAIN_S)
            try:
                return await ask()
            finally:
                with self._looks_lock:
                    self._looks_asking -= 1
                self.post_message(self.Looked())

        return Work("looking", do, done).start()

    def _may_ask(self, key: str) -> bool:
        """Whether a look may ask now; then it counts as asking at once, so that no apply begins beside it."""
        with self._looks_lock:
            free = not self.is_asked(key)
            self._looks_asking += free
            return free

    @property
    def is_looking(self) -> bool:
        """Whether the calls of a look, or of a statement's, are under way."""
        with self._looks_lock:
            asking = self._looks_asking > 0
        return asking or self._is_stating

    def is_asked(self, key: str) -> bool:
        """Whether something else under way may sign with a key of the same account."""
        account = key.partition("/")[0]
        being_read = () if self.board is None else tuple(self.board.reading)
        return self.is_reading and any(path.partition("/")[0] == account for path in being_read)

    # -- statements ----------------------------------------------------------------------------------------------

    def attest(self, key: str, stated: Stated) -> bool:
        """Record a statement. False in a read-only session, and while another one is being recorded."""
        if self.read_only or self._is_stating:
            return False

        async def do(stop: asyncio.Event) -> AttestResult:
            with self.workspace.locked("attest"):
                return await self.workspace.attest(key, stated.facets, by=stated.by, note=stated.note)

        def done(result: AttestResult | None, error: BaseException | None) -> None:
            self.post_message(self.Attested(key, result, error))

        self._is_stating = True
        Work("attesting", do, done, writes=True).start()
        return True

    def on_fixing_app_attested(self, message: Attested) -> None:
        """Say what came of it, and look at the key as it stands now."""
        self._is_stating = False
        result, error = message.result, message.error
        if error is not None:
            if not isinstance(error, AccesscfgError):
                raise error
            self.notify(f"not recorded: {told(error)}", severity="error", timeout=15, markup=False)
        elif result is not None:
            said, severity = attested_words(result)
            self.notify(said, severity=severity, timeout=10, markup=False)  # type: ignore[arg-type]
            self.look_after_statement(message.key)

    def look_after_statement(self, key: str) -> None:
        """Look at a key of which something was attested just now."""
        self.read_soon([key])


def told(error: BaseException) -> str:
    """An error of ours in a sentence; of another one only its kind, as its text may hold anything."""
    if not isinstance(error, AccesscfgError):
        return type(error).__name__
    if isinstance(error, InvalidDeclaration):
        return f"{error.what} (0 tells where)"
    why = f" ({error.why})" if error.why else ""
    return f"{error.what}{why}{f': {error.fix}' if error.fix else ''}"


def attested_words(result: AttestResult) -> tuple[str, str]:
    """What was recorded, and how grave it is."""
    if not result.attested:
        why = listing(f"{FACETS[facet]}: {why}" for facet, why in result.unknown)
        return f"nothing was recorded for {result.key}: {why or 'it can be seen in full'}", "warning"
    names = listing(FACETS[one.facet] for one in result.attested)
    where = "counts in the sandbox only" if result.sandbox else "commit it"
    return f"attested {names} of {result.key}, in {result.file.name}: {where}", "information"
