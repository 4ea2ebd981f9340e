"""IP pools: lists in the declaration, or files as platforms publish them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accesscfg.config.addresses import AddressBook
from accesscfg.config.allocations import Misuse, check_allocations, note_misuses
from accesscfg.config.document import Document
from accesscfg.config.notes import Notes, shown
from accesscfg.config.poolfile import PoolWord, words_of
from accesscfg.config.section import Section
from accesscfg.config.texts import inside, read_text
from accesscfg.model.desired import Pool
from accesscfg.model.findings import Mark

_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class PoolReader:
    """Reads the pools of all documents. `root` is the workspace's folder; `instead` has texts by file name."""

    root: Path
    book: AddressBook
    notes: Notes
    instead: Mapping[str, str] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    misuses: list[Misuse] = field(default_factory=list)
    _allocations: list[tuple[str, Mark]] = field(default_factory=list)
    _broken: set[str] = field(default_factory=set)

    def read(self, document: Document, folder: Path) -> None:
        """Take the pools of one document, whose files are relative to `folder`."""
        pools = Section(document, document.data).part("ip_pools")
        if pools is None:
            return
        for name, content in pools.data.items():
            where = pools.name_at(name)
            entries = self._entries(pools, name, folder)
            if not entries:
                self._broken.add(name)
                continue
            allocated: list[tuple[str, Mark]] = []
            if isinstance(content, dict):
                allocated = Section(document, content).entries("allocated_to")
            self._allocations.extend(allocated)
            self.pools[name] = Pool(name, tuple(entries), where, tuple(path for path, _ in allocated))

    def is_broken(self, name: str) -> bool:
        """Whether the pool is declared but could not be read, which was said once."""
        return name in self._broken

    def check(self, paths: frozenset[str]) -> None:
        """Note what is wrong with the allocations, once every pool and every key's list was read."""
        check_allocations(self._allocations, paths, self.notes)
        note_misuses(self.misuses, self.pools, self.notes)

    def _entries(self, pools: Section, name: str, folder: Path) -> list[str]:
        content = pools.get(name)
        if isinstance(content, list):
            return self._unique([PoolWord(text, where) for text, where in pools.entries(name)])
        source = Section(pools.document, content)
        relative = source.get("file")
        if relative is None:
            return []
        where = source.at("file")
        path = inside(self.root, relative, folder, where, self.notes)
        instead = self.instead.get(str(path))
        text = read_text(path, self.notes, where) if path is not None and instead is None else instead
        if path is None or text is None:
            return []
        listed = list(words_of(text, str(path)))
        if not listed:
            self.notes.error(
                "empty_pool", f"{shown(relative)} holds no address", where, "fill it, or remove the pool"
            )
        self._warn_of_ports(listed)
        return self._unique(listed)

    def _warn_of_ports(self, listed: list[PoolWord]) -> None:
        with_port = [word for word in listed if word.has_port]
        if with_port:
            words = "1 address stands" if len(with_port) == 1 else f"{len(with_port)} addresses stand"
            message = f"{words} with a port, which no whitelist has; the ports were left out"
            self.notes.warning("port", message, with_port[0].where, "remove the ports from the file")

    def _unique(self, listed: list[PoolWord]) -> list[str]:
        """Canonical entries; an entry that stands twice is an error, unless for its ports."""
        first: dict[str, Mark] = {}
        wrong = 0
        for word in listed:
            entry = self._entry(word.text, word.where)
            if entry is None:
                wrong += 1
            elif entry not in first:
                first[entry] = word.where
            elif not word.has_port:
                wrong += 1
                message = f"{entry} stands in this pool twice; first at {first[entry]}"
                self.notes.error("address_twice", message, word.where)
            if wrong >= _MOST_ERRORS:
                self.notes.error("bad_pool", "and more of this kind; the rest was not looked at", word.where)
                break
        return list(first)

    def _entry(self, text: str, where: Mark) -> str | None:
        if text.startswith("pool:"):
            self.notes.error(
                "bad_address", f"{shown(text)}: a pool holds addresses only, no other pools", where
            )
            return None
        return self.book.entry(text, where)
