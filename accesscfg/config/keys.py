"""One declared key: its fields, its permissions in the exchange's own names, its whitelist written out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from accesscfg.config.managers import Managers, Nearest
from accesscfg.config.names import is_name
from accesscfg.config.notes import Notes, shown
from accesscfg.config.permissions import NATIVE, Mapped, map_permissions
from accesscfg.config.policies import read_date
from accesscfg.config.section import Section
from accesscfg.config.whitelists import WhitelistReader
from accesscfg.model.desired import DesiredKey, Scope
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath, parse_key_path
from accesscfg.model.profile import Profile


@dataclass(frozen=True, slots=True)
class KeyReader:
    """Reads keys. `paths` are those of all declared keys."""

    whitelists: WhitelistReader
    paths: Collection[str]
    notes: Notes
    _mapped: dict[tuple[str, Scope, tuple[str | None, ...]], Mapped] = field(default_factory=dict)
    _earlier: dict[KeyPath, Mark] = field(default_factory=dict)

    def read(
        self, key: Section, path: KeyPath, where: Mark, exchange: str, managers: Managers, above: Nearest
    ) -> DesiredKey:
        """The key. What could not be read is noted, and stands in it as if it were not declared."""
        whitelist = self.whitelists.read(key, path, managers.profile)
        if not (key.mentions("ip_whitelist") or key.mentions("app")):
            self._note_no_whitelist(path, where)
        nearest = managers.of_key(key, path, above)
        self._note_what_there_is_not(key, path, managers.profile)
        found, origins, pools = whitelist or (Addresses(frozenset()), {}, ())
        declared = tuple(name for name in key.get("permissions") or () if isinstance(name, str))
        return DesiredKey(
            path=path,
            where=where,
            exchange=exchange,
            permissions=self._permissions(key, path, where, managers.profile),
            declared_permissions=declared,
            whitelist=found,
            origins=origins,
            pools=pools,
            label=key.get("label"),
            used_by=key.get("used_by"),
            key_id=key.get("key_id"),
            held=key.get("held") is not False,
            absent=key.get("state") == "absent",
            enabled=key.get("enabled") is not False,
            expires=self._expires(key),
            managed_by=nearest.managed_by,
            observed_by=nearest.observed_by,
            previously=self._previously(key, path),
        )

    def _note_no_whitelist(self, path: KeyPath, where: Mark) -> None:
        self.notes.error(
            "missing_field",
            f"key {shown(path.key)} has neither `ip_whitelist` nor `app`",
            where,
            "add ip_whitelist: [203.0.113.10], with the addresses that may use it",
        )

    def _note_what_there_is_not(self, key: Section, path: KeyPath, profile: Profile | None) -> None:
        """What an exchange's keys do not have is never compared: declared, it would silently count as so."""
        facets = {} if profile is None else profile.facets["own" if path.sub is None else "sub"]
        for name, facet, usual in (("enabled", Facet.ENABLED, True), ("expires", Facet.EXPIRY, "never")):
            rule = facets.get(facet)
            if rule is not None and rule.read == "no_such_thing" and key.get(name) not in (None, usual):
                what = "be switched off" if facet is Facet.ENABLED else "have a day on which it expires"
                message = f"no key of {profile.name if profile else path.account} can {what}"
                self.notes.error("no_such_facet", message, key.at(name), f"remove {name}")

    def _permissions(
        self, key: Section, path: KeyPath, where: Mark, profile: Profile | None
    ) -> frozenset[str]:
        content = key.get("permissions")
        if not isinstance(content, list):
            return frozenset()
        declared = tuple(content)
        if profile is None:
            return frozenset(name.removeprefix(NATIVE) for name in declared if name is not None)
        scope: Scope = "own" if path.sub is None else "sub"
        slot = (profile.exchange, scope, declared)
        if slot not in self._mapped:
            self._mapped[slot] = map_permissions(declared, profile, scope)
        mapped = self._mapped[slot]
        for problem in mapped.problems:
            at = key.at("permissions") if problem.entry is None else key.document.at(content, problem.entry)
            note = self.notes.error if problem.severity == "error" else self.notes.warning
            note(problem.code, problem.message, at, problem.hint)
        return mapped.natives

    def _expires(self, key: Section) -> date | Literal["never"] | None:
        text = key.get("expires")
        if text is None:
            return None
        if text == "never":
            return "never"
        return read_date(text, key.at("expires"), self.notes)

    def _previously(self, key: Section, path: KeyPath) -> KeyPath | None:
        text = key.get("previously")
        if text is None:
            return None
        where = key.at("previously")
        try:
            old = parse_key_path(text) if "/" in text else KeyPath(path.account, path.sub, text)
        except ValueError as error:
            self.notes.error("bad_path", f"{shown(text)}: {error}", where)
            return None
        if not all(is_name(part) for part in str(old).split("/")):
            self.notes.error("bad_path", f"{shown(text)} was never the name of a key", where)
        elif old == path:
            self.notes.error(
                "bad_path", f"{shown(text)} is the key's name as it is now", where, "remove previously"
            )
        elif str(old) in self.paths:
            message = f"{old} is still declared, so this key was not renamed from it"
            self.notes.error("previously_declared", message, where, "remove previously, or the other key")
        elif old in self._earlier:
            message = f"two keys cannot both have been {old}; also named at {self._earlier[old]}"
            self.notes.error("previously_twice", message, where, "keep one of them")
        self._earlier.setdefault(old, where)
        return old
