"""A person at the simulated websites, who does what a guide says and knows nothing but the guide and the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from accesscfg.model.errors import AccesscfgError
from accesscfg.model.guide import Guide, Step, StepKind
from accesscfg.model.networks import live_entry
from accesscfg.model.observed import Facet, UndeclaredKey
from accesscfg.model.paths import KeyPath
from accesscfg.report.words import listing

_READ_ONLY = "ReadOnly"  # a switch that the simulators write as a right


@dataclass(slots=True)
class Form:
    """A key's page as it is filled in; `ips` None is no restriction."""

    permissions: set[str]
    ips: set[str] | None
    label: str
    enabled: bool
    expires: str | None

    def saved(self, facets: Iterable[Facet]) -> dict[str, Any]:
        """What saving it changes."""
        fields: dict[Facet, tuple[str, Any]] = {
            Facet.PERMISSIONS: ("permissions", sorted(self.permissions)),
            Facet.IP_WHITELIST: ("ip_whitelist", None if self.ips is None else sorted(self.ips)),
            Facet.LABEL: ("label", self.label),
            Facet.ENABLED: ("enabled", self.enabled),
            Facet.EXPIRY: ("expires_at", self.expires),
        }
        return dict(fields[facet] for facet in facets)

    def fill_in(self, guide: Guide, step: Step) -> None:
        """One step; what only leads the way changes nothing."""
        match step.kind:
            case StepKind.TICK:
                self.permissions |= set(step.natives)
            case StepKind.UNTICK:
                self.permissions -= set(step.natives)
            case StepKind.UNTICK_OTHERS:
                self.permissions &= {*step.natives, _READ_ONLY}
            case StepKind.CHECK if step.facet is Facet.PERMISSIONS:
                self.permissions &= {*step.natives, _READ_ONLY}
            case StepKind.READ_WRITE:
                self.permissions -= {_READ_ONLY}
            case StepKind.RENAME if step.copy is not None:
                self.label = step.copy
            case StepKind.EXPIRE:
                self.expires = None if guide.wanted.expires == "never" else guide.wanted.expires
            case StepKind.ENABLE | StepKind.DISABLE:
                self.enabled = step.kind is StepKind.ENABLE
            case _:
                self.ips = _addresses(self.ips, step)


def _addresses(ips: set[str] | None, step: Step) -> set[str] | None:
    """The list after a step of its own."""
    entries = {live_entry(entry) for entry in step.addresses}
    match step.kind:
        case StepKind.RESTRICT:
            return ips or set()
        case StepKind.LIFT:
            return None
        case StepKind.PASTE | StepKind.ADD:
            pasted = (step.copy or "").replace(",", " ").split()
            return (ips or set()) | {live_entry(entry) for entry in pasted}
        case StepKind.REMOVE:
            return (ips or set()) - entries
        case StepKind.REMOVE_OTHERS:
            return (ips or set()) & entries
    return ips


def _form(live: Mapping[str, Any]) -> Form:
    """The page of a key as it is."""
    ips = live["ip_whitelist"]
    return Form(
        permissions=set(live["permissions"]),
        ips=None if ips is None else set(ips),
        label=live["label"],
        enabled=live["enabled"],
        expires=live["expires_at"],
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a browser. `exchanges` are those of the accounts, `key_ids` the public halves of the keys."""

    sandbox: str
    exchanges: Mapping[str, str]
    key_ids: Mapping[str, str]

    def follow(self, guide: Guide) -> list[dict[str, Any]]:
        """Do every step; each visit to a form is saved once. Gives what the site shows of keys that were made, their
        secrets among it. Raises AccesscfgError where the site refuses.
        """
        made = []
        for _, steps in guide.visits():
            kinds = {step.kind for step in steps}
            if StepKind.DELETE in kinds:
                self._act(guide.key.account, guide.key.sub, self._live(guide)["api_key"], "delete")
            elif StepKind.CREATE in kinds:
                made.append(self._create(guide, steps))
            elif any(step.facet is not None for step in steps):
                self._edit(guide, steps)
        return made

    def delete(self, stranger: UndeclaredKey) -> None:
        """Delete a key that nobody declared."""
        self._act(stranger.account, stranger.sub, stranger.live.key_id or stranger.live.label or "", "delete")

    def _create(self, guide: Guide, steps: Sequence[Step]) -> dict[str, Any]:
        form = Form(set(), None, guide.name, enabled=True, expires=None)
        for step in steps:
            form.fill_in(guide, step)
        made = form.saved((Facet.PERMISSIONS, Facet.IP_WHITELIST))
        return self._act(guide.key.account, guide.key.sub, form.label, "create", made)

    def _edit(self, guide: Guide, steps: Sequence[Step]) -> None:
        live = self._live(guide)
        form, mode = _form(live), self._account(guide.key).get("mode")
        mine = [step for step in steps if step.mode in (None, mode)]
        for step in mine:
            form.fill_in(guide, step)
        if form != _form(live):
            facets = {step.facet for step in mine if step.facet is not None}
            self._act(guide.key.account, guide.key.sub, live["api_key"], "set", form.saved(facets))

    def _live(self, guide: Guide) -> dict[str, Any]:
        """The key as its page shows it: the one with the id that the firm knows, else the one with that name."""
        path = guide.key
        holder = self._account(path)
        if path.sub is not None:
            holder = _with_id(holder["sub_accounts"], path.sub, str(path))
        by_id = [key for key in holder["keys"] if key["api_key"] == self.key_ids.get(str(path))]
        names = (guide.name.strip('"'), path.key)
        found: list[dict[str, Any]] = by_id or [key for key in holder["keys"] if key["label"] in names]
        if not found:
            there = listing(sorted(f'"{key["label"]}"' for key in holder["keys"])) or "none"
            raise AccesscfgError(
                f"the sandbox's website has no key called {path.key}",
                where=str(path),
                why=f"keys there: {there}",
                fix="declare its key_id, or give it that name on the sandbox's website (docs/sandbox.md)",
            )
        return found[0]

    def _account(self, path: KeyPath) -> dict[str, Any]:
        try:
            state = httpx.get(f"{self.sandbox}/_sandbox/state", trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            raise AccesscfgError("the sandbox does not answer", where=self.sandbox) from None
        of_exchange = state["exchanges"].get(self.exchanges[path.account], {"accounts": []})
        return _with_id(of_exchange["accounts"], path.account, str(path))

    def _act(
        self, account: str, sub: str | None, key: str, action: str, fields: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        call = {
            "exchange": self.exchanges[account],
            "account": account,
            "sub_account": sub,
            "key": key,
            "action": action,
            "set": fields,
        }
        reply = httpx.post(f"{self.sandbox}/_sandbox/website", json=call, trust_env=False)
        if reply.status_code != 200:
            raise AccesscfgError(
                f"the sandbox's website refused: {reply.json().get('error')}", where=f"{account}/{sub or key}"
            )
        shown: dict[str, Any] = reply.json()
        return shown


def _with_id(accounts: Sequence[dict[str, Any]], name: str, where: str) -> dict[str, Any]:
    """The account of that name in the sandbox's world."""
    found = next((one for one in accounts if one["id"] == name), None)
    if found is None:
        raise AccesscfgError(f"the sandbox's world has no account {name}", where=where)
    return found
