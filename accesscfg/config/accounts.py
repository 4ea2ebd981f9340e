"""Accounts and sub-accounts with their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accesscfg.config.addresses import AddressBook
from accesscfg.config.egress import read_egress, read_endpoint
from accesscfg.config.keys import KeyReader
from accesscfg.config.managers import Managers, Nearest, warn_of_weak_managers
from accesscfg.config.names import check_names
from accesscfg.config.notes import Notes, did_you_mean, shown
from accesscfg.config.section import Section
from accesscfg.config.source import ProfileSource
from accesscfg.model.desired import DesiredAccount, DesiredKey, DesiredSub, Egress
from accesscfg.model.findings import Mark
from accesscfg.model.paths import KeyPath
from accesscfg.model.profile import Profile


def declared_paths(accounts: dict[str, Section]) -> frozenset[str]:
    """The path of every declared key, as text."""
    paths = set()
    for name, account in accounts.items():
        paths |= {f"{name}/{key}" for key, _, _ in account.parts("keys")}
        for sub, _, content in account.parts("sub_accounts"):
            paths |= {f"{name}/{sub}/{key}" for key, _, _ in content.parts("keys")}
    return frozenset(paths)


@dataclass(frozen=True, slots=True)
class AccountReader:
    """Reads accounts."""

    profiles: ProfileSource
    keys: KeyReader
    book: AddressBook
    notes: Notes

    def read(self, name: str, account: Section, where: Mark) -> DesiredAccount:
        """The account with everything below it."""
        profile = self._profile(account)
        check_names(account.names("keys"), self.notes)
        check_names(account.names("sub_accounts"), self.notes)
        managers = Managers(name, account.part("keys"), profile, self.notes)
        above = managers.level(account, Nearest())
        egress = read_egress(account.part("egress"), self.book, self.notes) or Egress()
        exchange = account.get("exchange") or ""
        own = tuple(self._keys(account, name, None, exchange, managers, above))
        subs = tuple(self._subs(account, name, exchange, egress, managers, above))
        made = DesiredAccount(
            name=name,
            exchange=exchange,
            where=where,
            endpoint=read_endpoint(account, profile, self.notes),
            egress=egress,
            id=account.get("id"),
            keys=own,
            subs=subs,
        )
        self._check_key_ids(made)
        if profile is not None:
            warn_of_weak_managers(made.all_keys(), profile, self.notes)
        return made

    def _profile(self, account: Section) -> Profile | None:
        name = account.get("exchange")
        if name is None:
            return None
        profile = self.profiles.get(name)
        if profile is None:
            hint = did_you_mean(name, self.profiles.names(), "the exchanges are")
            self.notes.error(
                "unknown_exchange", f"there is no exchange {shown(name)}", account.at("exchange"), hint
            )
        elif profile.retired is not None:
            hint = "remove the account: accesscfg validate --remove-retired shows the edit, and makes it"
            self.notes.error(
                "retired_exchange", f"{profile.name}: {profile.retired}", account.at("exchange"), hint
            )
        return profile

    def _keys(
        self,
        holder: Section,
        account: str,
        sub: str | None,
        exchange: str,
        managers: Managers,
        above: Nearest,
    ) -> Iterator[DesiredKey]:
        for name, where, key in holder.parts("keys"):
            yield self.keys.read(key, KeyPath(account, sub, name), where, exchange, managers, above)

    def _subs(
        self, account: Section, name: str, exchange: str, egress: Egress, managers: Managers, above: Nearest
    ) -> Iterator[DesiredSub]:
        ids: dict[str, Mark] = {}
        for sub_name, where, sub in account.parts("sub_accounts"):
            check_names(sub.names("keys"), self.notes)
            self._check_sub_id(sub, managers.profile, ids)
            nearest = managers.level(sub, above)
            yield DesiredSub(
                name=sub_name,
                id=sub.get("id") or "",
                where=where,
                egress=read_egress(sub.part("egress"), self.book, self.notes) or egress,
                keys=tuple(self._keys(sub, name, sub_name, exchange, managers, nearest)),
            )

    def _check_sub_id(self, sub: Section, profile: Profile | None, ids: dict[str, Mark]) -> None:
        text = sub.get("id")
        if text is None:
            return
        where = sub.at("id")
        if text in ids:
            message = f"two sub-accounts of this account have the id {shown(text)}; first at {ids[text]}"
            self.notes.error("id_twice", message, where)
        ids.setdefault(text, where)
        if profile is not None and re.fullmatch(profile.sub_id_form, text) is None:
            message = (
                f"{shown(text)} is not what {profile.name} addresses a sub-account by: {profile.sub_id_what}"
            )
            self.notes.error("bad_sub_id", message, where)

    def _check_key_ids(self, account: DesiredAccount) -> None:
        first: dict[str, DesiredKey] = {}
        for key in account.all_keys():
            if key.key_id is None:
                continue
            if key.key_id in first:
                message = f"{key.path} has the same key_id as {first[key.key_id].path}"
                self.notes.error("key_id_twice", message, key.where, "one of them is another key")
            first.setdefault(key.key_id, key)
