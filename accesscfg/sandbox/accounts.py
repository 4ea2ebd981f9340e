"""What an exchange knows: accounts, sub-accounts and their keys.

This is the one place of the sandbox whose data changes, because it stands for the exchange's own database.
All times are Unix milliseconds, all addresses text in canonical form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accesscfg.sandbox.limits import Limits


@dataclass(slots=True)
class Key:
    """One API key. `ip_whitelist` is None when the key is unrestricted; it is never empty."""

    api_key: str
    label: str
    created_at: int
    permissions: tuple[str, ...] = ()
    ip_whitelist: tuple[str, ...] | None = None
    api_secret: str | None = field(default=None, repr=False)
    public_key: str | None = None
    passphrase: str | None = field(default=None, repr=False)
    app: str | None = None
    enabled: bool = True
    expires_at: int | None = None
    last_used_at: int | None = None
    updated_at: int = 0
    renewed_at: int = 0  # when the clock of a rule such as "90 days without addresses" last started
    # those that its counter still knows, the highest among them
    nonces: set[int] = field(default_factory=set)
    serial: int = 0  # running number, shown by exchanges whose keys have a numeric id

    def __post_init__(self) -> None:
        self.updated_at = self.updated_at or self.created_at
        self.renewed_at = self.renewed_at or self.created_at


@dataclass(slots=True)
class Account:
    """One login (`parent` is None) or one sub-account of it."""

    id: str
    uid: str
    created_at: int
    email: str = ""
    name: str = ""
    uuid: str | None = None
    seen_as: str | None = None
    mode: str | None = None  # of exchanges whose accounts have several
    parent: Account | None = field(default=None, repr=False)
    keys: list[Key] = field(default_factory=list)
    sub_accounts: list[Account] = field(default_factory=list)

    @property
    def path(self) -> str:
        """`account` or `account/sub`, as in key paths."""
        return self.id if self.parent is None else f"{self.parent.id}/{self.id}"

    @property
    def is_master(self) -> bool:
        return self.parent is None

    def judged_address(self, source: str) -> str:
        """The address that calls of this account are judged by: `seen_as`, its parent's, or the connection's
        own.
        """
        if self.seen_as is not None:
            return self.seen_as
        return source if self.parent is None else self.parent.judged_address(source)


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a request names, and whose it is."""

    account: Account
    key: Key


class Venue:
    """One exchange: its accounts, the world's options for it, and its rate-limit counters."""

    def __init__(self, name: str, options: Mapping[str, object]) -> None:
        self.name = name
        self.options = dict(options)
        self.accounts: list[Account] = []
        self.limits = Limits(enabled=bool(options["rate_limits"]))
        self._owners: dict[str, Caller] = {}
        self._serial = 10_000_000

    def find(self, api_key: str) -> Caller | None:
        """The key with this id, or None."""
        return self._owners.get(api_key)

    def holders(self) -> Iterator[Account]:
        """Every account and sub-account."""
        for account in self.accounts:
            yield account
            yield from account.sub_accounts

    def add_key(self, account: Account, key: Key) -> None:
        """Raises ValueError when the exchange already has a key with this id."""
        if key.api_key in self._owners:
            raise ValueError("this api_key is already in use")
        self._serial += 1
        key.serial = self._serial
        account.keys.append(key)
        self._owners[key.api_key] = Caller(account, key)

    def remove_key(self, caller: Caller) -> None:
        caller.account.keys.remove(caller.key)
        del self._owners[caller.key.api_key]
