"""Which key observes and changes another: the nearest declaration, resolved to a key of the same account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from accesscfg.config.notes import Notes, did_you_mean, listed, shown
from accesscfg.config.section import Section
from accesscfg.model.desired import DesiredKey
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Unrestricted
from accesscfg.model.paths import KeyPath
from accesscfg.model.profile import Profile

Role = Literal["managed_by", "observed_by"]
ROLES: tuple[Role, Role] = ("managed_by", "observed_by")


@dataclass(frozen=True, slots=True)
class Nearest:
    """What holds at one level unless a level below says otherwise; None is the key itself."""

    managed_by: KeyPath | None = None
    observed_by: KeyPath | None = None

    def of(self, role: Role) -> KeyPath | None:
        """The key in that role."""
        return self.managed_by if role == "managed_by" else self.observed_by


@dataclass(frozen=True, slots=True)
class Managers:
    """The keys of one account that `managed_by` and `observed_by` can name: those of no sub-account."""

    account: str
    keys: Section | None
    profile: Profile | None
    notes: Notes

    def level(self, section: Section, above: Nearest) -> Nearest:
        """What an account or sub-account says for the keys below it."""
        found = {role: self._named(section, role) if section.get(role) else above.of(role) for role in ROLES}
        return Nearest(found["managed_by"], found["observed_by"])

    def of_key(self, section: Section, path: KeyPath, above: Nearest) -> Nearest:
        """Who observes and changes this key."""
        found = {role: self._of_key(section, path, role, above) for role in ROLES}
        return Nearest(found["managed_by"], found["observed_by"])

    def _of_key(self, section: Section, path: KeyPath, role: Role, above: Nearest) -> KeyPath | None:
        name = section.get(role)
        own = {} if self.keys is None else self.keys.data
        if name == path.key and (path.sub is None or name not in own):
            return None
        if path.sub is None and not self._manages_own_keys():
            if name is not None:
                exchange = "this exchange" if self.profile is None else self.profile.name
                message = f"at {exchange} no other key can observe or change a key of the main account"
                self.notes.error("not_manageable", message, section.at(role), f"remove {role}")
            return None
        manager = above.of(role) if name is None else self._named(section, role)
        return None if manager == path else manager

    @staticmethod
    def _serves(profile: Profile) -> bool:
        """Whether a key can do anything for another there: list it, or sign its changes."""
        return profile.lists_sub_keys or any("manager" in rule.signed_by for rule in profile.writes.values())

    def _manages_own_keys(self) -> bool:
        rule = None if self.profile is None else self.profile.writes.get("own")
        return rule is not None and "manager" in rule.signed_by

    def _named(self, section: Section, role: Role) -> KeyPath | None:
        name = section.get(role)
        where = section.at(role)
        own = {} if self.keys is None else self.keys.data
        if self.profile is not None and not self._serves(self.profile):
            message = f"at {self.profile.name} no key can observe or change another"
            self.notes.error("not_manageable", message, where, f"remove {role}")
            return None
        if name not in own:
            self._note_unknown(name, role, own, where)
            return None
        data = own[name] if isinstance(own[name], dict) else {}
        if data.get("held") is False:
            message = f"{role} names {shown(name)}, whose secret is not held here"
            self.notes.error("manager_not_held", message, where, "name a key that the team holds")
        if data.get("state") == "absent":
            message = f"{role} names {shown(name)}, which is to be absent"
            self.notes.error("manager_absent", message, where, "name a key that stays")
        return KeyPath(self.account, None, name)

    def _note_unknown(self, name: str, role: Role, own: Iterable[str], where: Mark) -> None:
        message = f"{role} names {shown(name)}, which is no key of account {shown(self.account)} itself"
        self.notes.error("unknown_manager", message, where, did_you_mean(name, own, "its keys are"))


def warn_of_weak_managers(keys: Iterable[DesiredKey], profile: Profile, notes: Notes) -> None:
    """A managing key that is declared without what managing needs cannot manage once that is applied."""
    every = {key.path: key for key in keys}
    rule = profile.writes.get("sub")
    if rule is None:
        return
    for path in dict.fromkeys(key.managed_by for key in every.values() if key.managed_by is not None):
        manager = every.get(path)
        if manager is None:
            continue
        lacking = sorted(rule.needs_all - manager.permissions)
        wanted = [profile.label_of(native) for native in lacking]
        if rule.needs_any and not rule.needs_any & manager.permissions:
            labels = dict.fromkeys(profile.label_of(native) for native in sorted(rule.needs_any))
            wanted.append(f"one of {listed(labels, 'or')}" if len(labels) > 1 else next(iter(labels)))
        if wanted:
            message = (
                f"{path} manages other keys; what that needs at {profile.name} is missing: {listed(wanted)}"
            )
            notes.warning(
                "weak_manager", message, manager.where, "declare it, or the keys cannot be changed by API"
            )
        if rule.needs_whitelist and isinstance(manager.whitelist, Unrestricted):
            message = f"{path} manages other keys, for which {profile.name} wants an IP whitelist on it"
            notes.warning("weak_manager", message, manager.where, "list its addresses")
