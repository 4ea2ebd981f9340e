"""A person on an exchange's website: what the API cannot change is changed here, and refused where the site
refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from accesscfg.sandbox.accounts import Account, Caller, Key, Venue
from accesscfg.sandbox.registry import SIMULATORS
from accesscfg.sandbox.simulator import Simulator
from accesscfg.sandbox.world import World
from accesscfg.sandbox.worldfile import Node, WorldError, show_key

ACTIONS = ("set", "create", "delete")
SETTABLE = ("permissions", "ip_whitelist", "label", "enabled", "expires_at", "app")


def act(world: World, request: object) -> dict[str, object]:
    """Do what `request` says: `{exchange, account, sub_account?, key, action, set?}`.

    `key` is a label or an api_key; for `create` it is the label of the new key. Gives `{"key": ...}` as in
    the state, for `create` also `api_secret` and `passphrase`, which are shown this once. Raises WorldError,
    saying why not.
    """
    fields = Node(request, "").fields("exchange", "account", "sub_account", "key", "action", "set")
    for name in ("exchange", "account", "key", "action"):
        if name not in fields:
            raise WorldError(f"{name} is missing")
    exchange = fields["exchange"].text()
    if exchange not in SIMULATORS:
        raise WorldError(f"no such exchange: {exchange}; simulated: {', '.join(SIMULATORS)}")
    visit = Visit(world, SIMULATORS[exchange], world.venues[exchange])
    sub = fields["sub_account"].text() if "sub_account" in fields else None
    account = visit.account(fields["account"].text(), sub)
    wanted = fields["set"] if "set" in fields else Node({}, "set")
    name, action = fields["key"].text(), fields["action"].text()
    if action == "create":
        return visit.create(account, name, wanted)
    if action == "set":
        return visit.change(visit.key(account, name), wanted)
    if action == "delete":
        return visit.delete(visit.key(account, name))
    raise WorldError(f"action is one of {', '.join(ACTIONS)}")


class Visit:
    """One person's visit to one exchange's website."""

    def __init__(self, world: World, simulator: Simulator, venue: Venue) -> None:
        self._world = world
        self._simulator = simulator
        self._venue = venue
        self._now_ms = world.clock.now_ms()

    def account(self, name: str, sub: str | None) -> Account:
        """A sub-account is found by its id in the world, its uid, e-mail or name."""
        for account in self._venue.accounts:
            if account.id == name and sub is None:
                return account
            for one in account.sub_accounts if account.id == name else ():
                if sub in (one.id, one.uid, one.email, one.name):
                    return one
        raise WorldError(f"no such account: {name if sub is None else f'{name}/{sub}'}")

    def key(self, account: Account, name: str) -> Caller:
        found = [key for key in account.keys if name in (key.api_key, key.label)]
        if len(found) != 1:
            raise WorldError(f"{'no' if not found else 'more than one'} key {name!r} in {account.path}")
        return Caller(account, found[0])

    def create(self, account: Account, label: str, wanted: Node) -> dict[str, object]:
        made = self._simulator.mint(self._world.random)
        blank = Key(
            api_key=made.api_key,
            api_secret=made.api_secret,
            passphrase=made.passphrase,
            label=label,
            created_at=self._now_ms,
        )
        key = self._edited(blank, wanted)
        self._settle(account, None, key)
        self._venue.add_key(account, key)
        shown: dict[str, object] = {"key": show_key(key), "api_secret": made.api_secret}
        return {**shown, "passphrase": made.passphrase} if made.passphrase is not None else shown

    def change(self, caller: Caller, wanted: Node) -> dict[str, object]:
        after = self._edited(caller.key, wanted)
        self._settle(caller.account, caller.key, after)
        for name in (*SETTABLE, "updated_at", "renewed_at"):
            setattr(caller.key, name, getattr(after, name))
        return {"key": show_key(caller.key)}

    def delete(self, caller: Caller) -> dict[str, object]:
        self._venue.remove_key(caller)
        return {}

    def _settle(self, account: Account, before: Key | None, after: Key) -> None:
        after.permissions = self._simulator.settled(after.permissions)
        if refusal := self._simulator.site_refusal(account, before, after):
            raise WorldError(f"{self._simulator.name}: {refusal}")

    def _edited(self, key: Key, wanted: Node) -> Key:
        """A copy of `key` as the person filled in the form; a field that is null is emptied, an absent one
        stays.
        """
        fields = wanted.fields(*SETTABLE)
        given = wanted.value if isinstance(wanted.value, Mapping) else {}
        after = replace(key, updated_at=self._now_ms)
        if "permissions" in fields:
            after.permissions = tuple(dict.fromkeys(node.text() for node in fields["permissions"].items()))
        if "label" in fields:
            after.label = fields["label"].text()
        if "enabled" in fields:
            after.enabled = fields["enabled"].flag()
        if "ip_whitelist" in given:
            after.ip_whitelist = self._whitelist(fields.get("ip_whitelist"))
            if self._simulator.saving_renews:
                after.renewed_at, after.expires_at = self._now_ms, None
        if "expires_at" in given:
            after.expires_at = fields["expires_at"].time() if "expires_at" in fields else None
        if "app" in given:
            after.app = fields["app"].text() if "app" in fields else None
        return after

    def _whitelist(self, node: Node | None) -> tuple[str, ...] | None:
        if node is None:
            return None
        entries = node.addresses(self._simulator.addresses)
        if not entries:
            raise WorldError("set.ip_whitelist: the list is empty; null means unrestricted")
        return entries
