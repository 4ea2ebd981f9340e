"""What screens need to show one key: how it is declared, how it is known, and what was done to it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import MappingProxyType

from accesscfg.model.departure import Departure
from accesscfg.model.desired import DesiredKey
from accesscfg.model.findings import Mark
from accesscfg.model.history import History
from accesscfg.report.words import Words
from accesscfg_tui.messages import HistoryRead, Loaded, LookedBack
from accesscfg_tui.reading import ReadingApp, Stamp, stamp_of
from accesscfg_tui.viewmodel.detail_addresses import strangers
from accesscfg_tui.viewmodel.history import Teller
from accesscfg_tui.viewmodel.looks import NOT_READ
from accesscfg_tui.viewmodel.scene import Scene
from accesscfg_tui.work import Work

AGES_EVERY_S = 60.0  # an age is told in minutes, so that is how often it is told anew


class ShowingApp(ReadingApp):
    """Puts together what is known of a key."""

    history = History(())
    _departures: Mapping[str, tuple[frozenset[str], Mapping[str, Departure]]] = MappingProxyType({})
    _looking_back: Work[Mapping[str, Departure]] | None = None
    _aged_at = math.inf  # when ages were told last, once the declaration is there
    _trail_seen: tuple[Stamp, bool] | None = None  # the file, and whether another run holds the workspace
    _history_work: Work[History] | None = None

    @property
    def words(self) -> Words:
        """What renderings take from the profiles."""
        return Words(self.workspace.profiles.get)

    @property
    def teller(self) -> Teller:
        """Tells the audit trail in words."""
        return Teller(self.words, self.exchange_of, ascii=self.ascii)

    def exchange_of(self, path: str) -> str:
        """The exchange of a declared key's path; "" where it is not declared now."""
        accounts = () if self.declaration is None else self.declaration.accounts
        account = path.partition("/")[0]
        return next((one.exchange for one in accounts if one.name == account), "")

    def key_at(self, path: str) -> DesiredKey | None:
        """A declared key by its path."""
        keys = () if self.declaration is None else self.declaration.all_keys()
        return next((key for key in keys if str(key.path) == path), None)

    def place_of(self, where: Mark) -> str:
        """A place in a file, relative to the workspace."""
        return f"{self.relative(where.file)}:{where.line}"

    def relative(self, name: str) -> str:
        """A file's name, relative to the workspace where it is in it."""
        root = self.workspace.root
        for base in (root, root.resolve()):
            if Path(name).is_relative_to(base):
                return str(Path(name).relative_to(base))
        return name

    def scene_of(self, key: DesiredKey) -> Scene:
        """What the detail of a key is made from."""
        account = None if self.declaration is None else self.declaration.account(key.path.account)
        path = str(key.path)
        return Scene(
            key=key,
            look=NOT_READ if self.board is None else self.board.look(key),
            profile=self.workspace.profiles.get(key.exchange),
            words=self.words,
            runner=frozenset() if account is None else account.egress_of(key).addresses,
            now=datetime.now(UTC),
            place=self.place_of(key.where),
            ascii=self.ascii,
            refusals=self.refusals.get(path, ()),
            records=tuple(record for record in self.history.records if record.key == path),
            source=self.workspace.declared_lines(key),
            departed=self._departed(key),
        )

    # -- what left the declaration -------------------------------------------------------------------------------

    def _departed(self, key: DesiredKey) -> Mapping[str, Departure]:
        """When live addresses of a key left the declaration, as far as it is known by now; else somebody asks."""
        path = str(key.path)
        look = NOT_READ if self.board is None else self.board.look(key)
        wanted = strangers(key, look.result if look.fresh else None)
        kept = self._departures.get(path)
        if kept is not None and kept[0] >= wanted:
            return kept[1]
        if wanted and self._looking_back is None:
            self._look_back(key, wanted)
        return {} if kept is None else kept[1]

    def _look_back(self, key: DesiredKey, entries: frozenset[str]) -> None:
        async def look_back(stop: asyncio.Event) -> Mapping[str, Departure]:
            return self.workspace.departures(key.path, entries)

        def told(found: Mapping[str, Departure] | None, error: BaseException | None) -> None:
            self.post_message(LookedBack(str(key.path), entries, found or {}))

        self._looking_back = Work("looking back", look_back, told).start()

    def on_looked_back(self, message: LookedBack) -> None:
        """Show it where the key is shown, and ask about the one that is in front now."""
        self._looking_back = None
        self._departures = {**self._departures, message.path: (message.entries, message.departures)}
        self._repaint()

    def _count_down(self) -> None:
        """Tell how long the accounts that wait still do."""
        waiting = {} if self.board is None else self.board.waiting
        accounts, now = tuple(waiting), datetime.now(UTC)
        for account in accounts:
            if waiting[account].left(now) <= 0:
                del waiting[account]
        if accounts:
            self._tell_screens(accounts)

    # -- the audit trail -----------------------------------------------------------------------------------------

    def on_loaded(self, message: Loaded) -> None:
        """The audit trail is read along with the files."""
        self._aged_at = min(self._aged_at, monotonic())
        self._departures = {}
        self.look_at_trail()

    def look_at_files(self) -> None:
        """Load again where a file was changed by somebody, and read the trail where something was added to it."""
        super().look_at_files()
        self.look_at_trail()
        self._count_down()
        now = monotonic()
        if now - self._aged_at > AGES_EVERY_S:
            self._aged_at = now
            for screen in self._shown():
                screen.time_passed()

    def look_at_trail(self) -> None:
        """Read the audit trail where it has changed since it was read, or where a run has ended without a word."""
        stamp = stamp_of([self.workspace.root / ".accesscfg" / "audit.jsonl"])
        seen = (stamp, self.workspace.holder() is not None)
        busy = self._history_work is not None and self._history_work.is_running
        if seen != self._trail_seen and not busy:
            self._trail_seen = seen
            self._history_work = Work("history", self._read_history, self._history_read).start()

    async def _read_history(self, stop: asyncio.Event) -> History:
        under_way = self.is_applying or self.workspace.holder() is not None
        return self.workspace.history().with_ends(under_way=under_way)

    @property
    def is_applying(self) -> bool:
        """Whether this session applies. For the app to say."""
        return False

    def _history_read(self, history: History | None, error: BaseException | None) -> None:
        if history is not None:
            self.post_message(HistoryRead(history))

    def on_history_read(self, message: HistoryRead) -> None:
        """Something was done, here or by another run on this machine."""
        self.history = message.history
        self._repaint()
