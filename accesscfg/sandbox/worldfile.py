"""Reads a world from YAML, and shows a world as JSON without its secrets."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from accesscfg.sandbox.accounts import Account, Key, Venue
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.clock import iso, read_time
from accesscfg.sandbox.registry import COMMON_OPTIONS, SIMULATORS
from accesscfg.sandbox.signatures import public_key
from accesscfg.sandbox.simulator import Simulator

ANY_ADDRESS = AddressRule(most=1, networks=False, ipv6=True)
FIRST_UID = 100_000_000

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WorldError(ValueError):
    """A world that cannot be: where in the file, and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and its place in it."""

    value: object
    place: str

    def fail(self, why: str) -> WorldError:
        return WorldError(f"world: {self.place or 'top level'}: {why}")

    def fields(self, *names: str) -> dict[str, Node]:
        """The fields of a mapping that has no others; fields that are null are left out."""
        if not isinstance(self.value, Mapping):
            raise self.fail("must be a mapping")
        if unknown := [str(name) for name in self.value if name not in names]:
            raise self.fail(f"unknown field {unknown[0]!r}; known: {', '.join(names)}")
        prefix = f"{self.place}." if self.place else ""
        items = self.value.items()
        return {name: Node(value, f"{prefix}{name}") for name, value in items if value is not None}

    def items(self) -> list[Node]:
        if not isinstance(self.value, list | tuple):
            raise self.fail("must be a list")
        return [Node(value, f"{self.place}[{number}]") for number, value in enumerate(self.value)]

    def text(self, *, empty: bool = False) -> str:
        """Text that is not empty, unless `empty` allows it; a number counts as its digits."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            raise self.fail("must be text")
        if self.value == "" and not empty:
            raise self.fail("must not be empty")
        return str(self.value)

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fail("must be true or false")
        return self.value

    def time(self) -> int:
        try:
            return read_time(self.value)
        except ValueError as error:
            raise self.fail(str(error)) from None

    def address(self) -> str:
        return Node([self.value], self.place).addresses(ANY_ADDRESS)[0]

    def addresses(self, rule: AddressRule) -> tuple[str, ...]:
        entries = [node.text() for node in self.items()]
        try:
            return rule.read(entries)
        except ValueError as error:
            raise self.fail(str(error)) from None


def parse(source: str | Mapping[str, object]) -> Node:
    """Raises WorldError for text that is not YAML."""
    if isinstance(source, Mapping):
        return Node(source, "")
    try:
        return Node(yaml.load(source, Loader=_LOADER), "")  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise WorldError(f"world: not YAML: {error}") from None


class WorldReader:
    """Reads the venues of one world; what the file leaves out is made up with its randomness."""

    def __init__(self, rng: random.Random, now_ms: int) -> None:
        self._rng = rng
        self._now_ms = now_ms
        self._uid = FIRST_UID

    def venues(self, exchanges: Node | None) -> dict[str, Venue]:
        """Every simulated exchange, with the accounts that the file gives it."""
        given = exchanges.fields(*SIMULATORS) if exchanges is not None else {}
        nothing = Node({}, "")
        return {name: self._venue(known, given.get(name, nothing)) for name, known in SIMULATORS.items()}

    def _venue(self, simulator: Simulator, node: Node) -> Venue:
        fields = node.fields("options", "accounts")
        venue = Venue(simulator.name, _options(simulator, fields.get("options")))
        for entry in fields["accounts"].items() if "accounts" in fields else []:
            account = self._account(simulator, venue, entry, None)
            if any(account.id == other.id for other in venue.accounts):
                raise entry.fail(f"a second account {account.id!r}")
            venue.accounts.append(account)
        return venue

    def _account(self, simulator: Simulator, venue: Venue, node: Node, parent: Account | None) -> Account:
        below = ("sub_accounts",) if parent is None else ()
        names = ("id", "uid", "email", "name", "uuid", "seen_as", "mode", "created_at", "keys", *below)
        fields = node.fields(*names)
        if "id" not in fields:
            raise node.fail("id is missing")
        account = self._bare_account(fields, parent)
        account.mode = _mode(simulator, venue, fields.get("mode"), parent)
        if simulator.numeric_uid and not (account.uid.isascii() and account.uid.isdigit()):
            raise node.fail("uid must be digits on this exchange")
        for entry in fields["keys"].items() if "keys" in fields else []:
            self._add_key(simulator, venue, account, entry)
        for entry in fields["sub_accounts"].items() if "sub_accounts" in fields else []:
            sub = self._account(simulator, venue, entry, account)
            for field in ("id", "uid", "email", "name"):
                if any(getattr(sub, field) == getattr(other, field) for other in account.sub_accounts):
                    raise entry.fail(f"a second sub-account with {field} {getattr(sub, field)!r}")
            account.sub_accounts.append(sub)
        return account

    def _bare_account(self, fields: Mapping[str, Node], parent: Account | None) -> Account:
        texts = ("id", "uid", "email", "name", "uuid")
        given = {name: fields[name].text() for name in texts if name in fields}
        own_id = given["id"]
        place = 0 if parent is None else len(parent.sub_accounts)
        # one second apart, because exchanges page by the time of making
        created_at = fields["created_at"].time() if "created_at" in fields else self._now_ms - place * 1000
        seen_as = fields["seen_as"].address() if "seen_as" in fields else None
        domain = own_id if parent is None else parent.id
        return Account(
            id=own_id,
            uid=given.get("uid") or self._next_uid(),
            created_at=created_at,
            email=given.get("email") or (own_id if "@" in own_id else f"{own_id}@{domain}.example"),
            name=given.get("name", own_id),
            uuid=given.get("uuid"),
            seen_as=seen_as,
            parent=parent,
        )

    def _next_uid(self) -> str:
        self._uid += 1
        return str(self._uid)

    def _add_key(self, simulator: Simulator, venue: Venue, account: Account, node: Node) -> None:
        key = self._key(simulator, node)
        try:
            venue.add_key(account, key)
        except ValueError as error:
            raise node.fail(str(error)) from None

    def _key(self, simulator: Simulator, node: Node) -> Key:
        texts = ("api_key", "api_secret", "public_key", "passphrase", "app")
        times = ("created_at", "expires_at", "last_used_at")
        fields = node.fields(*texts, *times, "label", "permissions", "ip_whitelist", "enabled")
        given = {name: fields[name].text() for name in texts if name in fields}
        when = {name: fields[name].time() for name in times if name in fields}
        minted = simulator.mint(self._rng)
        if "public_key" in given:
            _check_public_key(fields["public_key"])
        whitelist = fields["ip_whitelist"].addresses(simulator.addresses) if "ip_whitelist" in fields else ()
        permissions = fields["permissions"].items() if "permissions" in fields else []
        return Key(
            api_key=given.get("api_key", minted.api_key),
            api_secret=given.get("api_secret", None if "public_key" in given else minted.api_secret),
            public_key=given.get("public_key"),
            passphrase=given.get("passphrase", minted.passphrase),
            label=fields["label"].text(empty=True) if "label" in fields else "",
            app=given.get("app"),
            permissions=simulator.settled(tuple(dict.fromkeys(entry.text() for entry in permissions))),
            ip_whitelist=whitelist or None,
            enabled=fields["enabled"].flag() if "enabled" in fields else True,
            created_at=when.get("created_at", self._now_ms),
            expires_at=when.get("expires_at"),
            last_used_at=when.get("last_used_at"),
        )


def _mode(simulator: Simulator, venue: Venue, given: Node | None, parent: Account | None) -> str | None:
    """The account's mode: its own, else its main account's, else that of the exchange's options."""
    known = simulator.options.get("mode", ())
    if given is not None and given.value not in known:
        raise given.fail(
            f"must be one of {', '.join(map(str, known))}" if known else "accounts have no modes here"
        )
    if given is not None:
        return given.text()
    return parent.mode if parent is not None else (str(venue.options["mode"]) if known else None)


def _check_public_key(node: Node) -> None:
    try:
        public_key(node.text())
    except ValueError as error:
        raise node.fail(str(error)) from None


def _options(simulator: Simulator, node: Node | None) -> dict[str, object]:
    known = {**COMMON_OPTIONS, **simulator.options}
    options = {name: allowed[0] for name, allowed in known.items()}
    for name, given in (node.fields(*known) if node is not None else {}).items():
        if given.value not in known[name]:
            raise given.fail(f"must be one of {', '.join(map(str, known[name]))}")
        options[name] = given.value
    return options


def show_venue(venue: Venue) -> dict[str, object]:
    return {"options": venue.options, "accounts": [_show_account(account) for account in venue.accounts]}


def _show_account(account: Account) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": account.id,
        "uid": account.uid,
        "email": account.email,
        "name": account.name,
        "uuid": account.uuid,
        "seen_as": account.seen_as,
        "created_at": iso(account.created_at),
        "keys": [show_key(key) for key in account.keys],
    }
    if account.mode is not None:
        shown["mode"] = account.mode
    if account.is_master:
        shown["sub_accounts"] = [_show_account(sub) for sub in account.sub_accounts]
    return shown


def show_key(key: Key) -> dict[str, object]:
    """A key without its secrets; times as ISO 8601 text or None."""
    return {
        "api_key": key.api_key,
        "public_key": key.public_key,
        "label": key.label,
        "permissions": list(key.permissions),
        "ip_whitelist": None if key.ip_whitelist is None else list(key.ip_whitelist),
        "app": key.app,
        "enabled": key.enabled,
        "created_at": iso(key.created_at),
        "expires_at": None if key.expires_at is None else iso(key.expires_at),
        "last_used_at": None if key.last_used_at is None else iso(key.last_used_at),
    }
