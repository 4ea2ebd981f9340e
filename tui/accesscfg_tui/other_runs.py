"""Other runs of accesscfg on this machine: the one that holds the workspace now, and what others have done."""

from __future__ import annotations

from collections.abc import Sequence

from accesscfg.model.history import Record
from accesscfg.model.holder import Holder
from accesscfg_tui.messages import HistoryRead
from accesscfg_tui.reading import ReadingApp

DID = ("outcome", "attested")  # the lines of the trail after which a key stands otherwise than it was read


class OtherRunsApp(ReadingApp):
    """Says who else works on the workspace, and reads again what another run has changed."""

    holder: Holder | None = None
    _told_until = -1  # the last line of the trail that was taken in; before the first reading, none

    def look_at_files(self) -> None:
        """Look for another run too; cheap, as it leaves a note only while it holds the workspace."""
        super().look_at_files()
        holder = self.workspace.holder()
        if holder != self.holder:
            self.holder = holder
            self.held_otherwise()
            self._repaint()

    def held_otherwise(self) -> None:
        """Another run has taken the workspace, or let go of it. For the app to take in."""

    @property
    def held_words(self) -> str:
        """Who holds the workspace, where another run does."""
        return "" if self.holder is None else f"another run holds the workspace: {self.holder}"

    def status_text(self) -> str:
        """On every screen, before what is less pressing."""
        rest = super().status_text()
        if not self.holder:
            return rest
        return f"{self.held_words}; {rest}" if rest else self.held_words

    def on_history_read(self, message: HistoryRead) -> None:
        """What was read before another run changed it is read again."""
        history, before = message.history, self._told_until
        self._told_until = max((record.line for record in history.records), default=0)
        if before >= 0:
            done = [one for one in history.records if one.line > before and one.event in DID]
            others = [one for one in done if not self.is_own(one)]
            self.done_elsewhere(others)
            self.read_soon(sorted(self._outdated(others)))

    def done_elsewhere(self, records: Sequence[Record]) -> None:
        """Another run has changed or attested something. For the app to take in."""

    def _outdated(self, records: Sequence[Record]) -> set[str]:
        """The keys that were read before that, or are being read."""
        board, found = self.board, set[str]()
        for record in records:
            seen = None if board is None else board.looks.get(record.key)
            if board is None or seen is None or seen.at is None or record.at is None:
                continue
            if record.at > seen.at or record.key in board.reading:
                found.add(record.key)
        return found

    def is_own(self, record: Record) -> bool:
        """Whether this session did it; what it touched it reads anyway. For the app to say."""
        return False
