"""What is known about one exchange: data with a source and a date. Read from `profile.yaml` by the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from accesscfg.model.desired import Scope
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet

# how a facet can be read: whole, as a flag, not at all; or the exchange has no such thing
Reading = Literal["full", "flag", "no", "no_such_thing"]
# how it can be written: by API, on the website, not at all
Writing = Literal["api", "manual", "no"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from; `verified` is False for what no official document says.

    Facts name theirs as `source`. Profiles that are read from a file have one at every fact.
    """

    source: str
    date: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Permission:
    """One native permission.

    `gives` are the neutral names it stands for (a declaration of all of them means this one; empty: it is declared
    by `native:` only), `implies` what it gives besides, `comes_with` natives beside which it is no drift, `always`
    that a key cannot be without it, `write` how it is changed for an own and a sub-account key (`no`: it is fixed when
    the key is made). `needs` are such fixed natives that a key with this one has too: declaring this one declares
    them. `group` is the website's heading over it, which `native:` takes too; `mode` the only mode of accounts that
    has it.
    """

    native: str
    label: str
    gives: frozenset[str]
    scopes: frozenset[Scope]
    write: Mapping[Scope, Writing]
    implies: frozenset[str] = frozenset()
    comes_with: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    always: bool = False
    requires: str | None = None
    note: str | None = None
    group: str | None = None
    mode: str | None = None
    source: Source | None = None

    @property
    def reach(self) -> frozenset[str]:
        """Every neutral right that it gives, mapped or implied."""
        return self.gives | self.implies


# how a website takes addresses: a list with commas, lines or blanks between them, or one after the other
Entry = Literal["comma", "lines", "blanks", "one"]
SEPARATORS: Mapping[Entry, str] = {"comma": ",", "lines": "\n", "blanks": " ", "one": "\n"}


# what answers tell of a key that is bound to an application: which one; that it is bound; no more than that it is
# restricted; nothing that tells it from others
AppShown = Literal["named", "bound", "restricted", "hidden"]


@dataclass(frozen=True, slots=True)
class IpRules:
    """The exchange's rules for whitelists. `most` is None where no limit was found.

    `entry` are the ways its website takes addresses, the likeliest first; `longest` the characters its field holds.
    `app` says what the API tells of keys that are bound to an application.
    """

    most: int | None
    networks: bool
    ipv6: bool
    entry: tuple[Entry, ...]
    longest: int | None = None
    note: str | None = None
    source: Source | None = None
    app: AppShown = "hidden"


@dataclass(frozen=True, slots=True)
class FacetRule:
    """How one facet is read and written, for keys of one scope; `why` explains what cannot be done.

    `mode` is the only mode of accounts in which it is written.
    """

    read: Reading
    write: Writing
    why: str | None = None
    source: Source | None = None
    mode: str | None = None

    def in_mode(self, mode: str) -> FacetRule:
        """The rule for accounts in this mode."""
        return self if self.mode in (None, mode) else replace(self, write="no", mode=None)


@dataclass(frozen=True, slots=True)
class WriteRule:
    """How keys of one scope are written by API.

    `together`: one call carries permissions and whitelist, replacing both. `signed_by`: who may sign it.
    `needs_any`, `needs_all`: natives the signing key must hold; `needs_whitelist`: it must itself be restricted.
    `needs_passphrase`: a write names the passphrase of the key it changes. `one_address`: a call adds or removes one
    address, and the first one added may switch the restriction on. `not_with`: rights and name of a key that has one of
    these natives are not changed by API.
    """

    together: bool
    signed_by: frozenset[Literal["self", "manager"]]
    needs_any: frozenset[str] = frozenset()
    needs_all: frozenset[str] = frozenset()
    needs_whitelist: bool = False
    needs_passphrase: bool = False
    one_address: bool = False
    not_with: frozenset[str] = frozenset()
    why: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Something the exchange does to a key by itself after `days`, counted from creation or from the last use."""

    clock: Literal["fixed", "inactivity", "event"]
    days: int | None
    when_unrestricted: bool
    with_any: frozenset[str]
    effect: str
    source: Source
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A published rate limit: `amount` of weight in `seconds`, counted per caller address, account or key.

    `costs` maps "METHOD /path" to its weight; a limit without costs counts every call as one.
    """

    name: str
    scope: Literal["ip", "account", "key"]
    amount: float
    seconds: float
    costs: Mapping[str, float] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class UsageHeader:
    """How a reply's headers tell what of a limit of this scope is used: `used`, or `limit` less `remaining`."""

    scope: Literal["ip", "account", "key"]
    used: str | None = None
    limit: str | None = None
    remaining: str | None = None

    def used_by(self, headers: Mapping[str, str]) -> float | None:
        """The weight or calls used so far in the running window; None where the reply does not say."""
        try:
            if self.used is not None:
                return float(headers[self.used])
            if self.limit is not None and self.remaining is not None:
                return float(headers[self.limit]) - float(headers[self.remaining])
        except (KeyError, ValueError):
            return None
        return None


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One of the exchange's error codes. `ambiguous`: a write that got it may have taken effect; `locks_out`: every
    further call from here would be refused and may make it worse."""

    trouble: Trouble
    meaning: str
    ambiguous: bool = False
    source: Source | None = None
    locks_out: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of the exchange's hosts, by the name a declaration uses."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the website: the facets it changes, how it is opened, and how it is saved."""

    changes: frozenset[Facet]
    open: tuple[str, ...]
    save: tuple[str, ...]


# when a caution applies: always, or while these are changed, lifted or done
When = Literal["always", "permissions", "ip_whitelist", "unrestricted", "app", "create", "delete"]


@dataclass(frozen=True, slots=True)
class Caution:
    """What the exchange resets, forbids or asks for on the way."""

    when: frozenset[When]
    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Manual:
    """The way through the website, in the exchange's words. `own` and sub-account keys share it.

    `forms` together change what the website can change. `needs` is what to have at hand (codes, a passphrase).
    `restrict` and `lift` switch the restriction by addresses on and off, `rename`, `enable` and `disable` do what
    they say; None where the website has no such thing or it is a field like any other. `create` leads up to the
    point where rights and addresses are filled in, `created` from there on. `page_verified`: the address of the page
    stands in an official document. `sub_account` leads on from the page to a sub-account's keys ({sub} is its id);
    `paste`, `add` and `remove` say how the list of addresses is edited, `bind` how a new key is bound to an
    application ({app}) and `unbound` what is chosen for one that is bound to none, `read_only` and `read_write` what
    to choose where the form asks for that first.
    """

    page: str
    page_verified: bool
    forms: tuple[Form, ...]
    needs: tuple[str, ...]
    create: tuple[str, ...]
    created: tuple[str, ...]
    delete: tuple[str, ...]
    cautions: tuple[Caution, ...] = ()
    restrict: str | None = None
    lift: str | None = None
    rename: str | None = None
    enable: str | None = None
    disable: str | None = None
    source: Source | None = None
    sub_account: str | None = None
    paste: str | None = None
    add: str | None = None
    remove: str | None = None
    bind: str | None = None
    unbound: str | None = None
    read_only: str | None = None
    read_write: str | None = None

    def form_for(self, facet: Facet) -> Form | None:
        """The form that changes a facet."""
        return next((form for form in self.forms if facet in form.changes), None)


@dataclass(frozen=True, slots=True)
class Probe:
    """A harmless call whose answer tells something that no call shows: `tells` says what."""

    call: str
    tells: str
    source: Source


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything known about one exchange that is not code.

    Without `reads` nothing of it can be asked. `time_path` is None where it has no time call and calls carry local
    time. `foreign_call_disables`: a call from an address off the list disables the key, so that it is called only
    where the address is declared and on the list. `counter` says what else the calls' nonces touch. `modes` are the
    modes an account can be in, found out by asking. `origins` are the sources of what has no place for its own:
    `credentials`, `sub_accounts` and `foreign_call`.
    """

    exchange: str
    name: str
    checked: str
    endpoints: Mapping[str, Endpoint]
    permissions: tuple[Permission, ...]
    ip_rules: Mapping[Scope, IpRules]
    facets: Mapping[Scope, Mapping[Facet, FacetRule]]
    writes: Mapping[Scope, WriteRule]
    reads: frozenset[tuple[str, str]]
    write_calls: frozenset[tuple[str, str]]
    time_path: str | None
    limits: tuple[Limit, ...]
    errors: Mapping[str, ErrorCode]
    clocks: tuple[Clock, ...]
    manual: Manual
    sub_id_form: str
    sub_id_what: str
    lists_sub_keys: bool
    lists_sub_accounts: bool
    foreign_call_harmless: bool
    credential_kinds: frozenset[Literal["hmac", "rsa", "ed25519"]]
    needs_passphrase: bool
    sources: tuple[Source, ...]
    unverified: tuple[str, ...]
    usage_headers: tuple[UsageHeader, ...] = ()
    retired: str | None = None
    foreign_call_disables: bool = False
    counter: str | None = None
    probes: tuple[Probe, ...] = ()
    modes: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Source] = field(default_factory=dict)
    foreign_call_note: str | None = None

    def in_mode(self, mode: str | None) -> Profile:
        """The profile of an account in this mode, in which no modes are left; the whole one where the mode is not
        known."""
        if mode is None or not self.modes:
            return self
        return replace(
            self,
            modes={},
            permissions=tuple(one for one in self.permissions if one.mode in (None, mode)),
            facets={
                scope: {facet: rule.in_mode(mode) for facet, rule in rules.items()}
                for scope, rules in self.facets.items()
            },
        )

    def permission(self, native: str, scope: Scope | None = None) -> Permission | None:
        """The permission of that native name.

        Where a right differs between own and sub-account keys there is an entry for each; without `scope` the first.
        """
        return next(self._named(native, scope), None)

    def _named(self, native: str, scope: Scope | None) -> Iterator[Permission]:
        for entry in self.permissions:
            if entry.native == native and (scope is None or scope in entry.scopes):
                yield entry

    def in_scope(self, scope: Scope) -> tuple[Permission, ...]:
        """The permissions that a key of this scope can have."""
        return tuple(entry for entry in self.permissions if scope in entry.scopes)

    def reach(self, natives: Iterable[str], scope: Scope | None = None) -> frozenset[str]:
        """Every neutral right the natives give a key of this scope (of any, without `scope`).

        An unknown native gives nothing that we can name.
        """
        reach: frozenset[str] = frozenset()
        for native in natives:
            for entry in self._named(native, scope):
                reach |= entry.reach
        return reach

    def label_of(self, native: str) -> str:
        """The website's word for a native permission."""
        entry = self.permission(native)
        return native if entry is None else entry.label
