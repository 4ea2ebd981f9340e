"""What can be said of attestations without asking any exchange: whose they are, and which count no longer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accesscfg.config.notes import did_you_mean, shown
from accesscfg.engine.attested import Ages, binding, by_slot, changed_key, fingerprint, renewal, says_of, void
from accesscfg.engine.compare import wanted_facets
from accesscfg.model.attestation import Attestation
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey
from accesscfg.model.findings import Finding
from accesscfg.model.observed import Facet
from accesscfg.model.plan import ChangeValue
from accesscfg.model.profile import Profile


def attestation_findings(
    declaration: Declaration,
    entries: Sequence[Attestation],
    profile_of: Callable[[str], Profile],
    ages: Ages,
    *,
    sandbox: bool,
) -> tuple[Finding, ...]:
    """An error for an entry whose words are not what it binds; a warning for each that belongs to nothing, counts no
    longer, or soon will not. In the order of the file."""
    return tuple(_Judge(declaration, by_slot(entries), profile_of, ages, sandbox).of_all())


@dataclass(frozen=True, slots=True)
class _Judge:
    declaration: Declaration
    entries: Mapping[tuple[str, Facet], Attestation]
    profile_of: Callable[[str], Profile]
    ages: Ages
    sandbox: bool

    def of_all(self) -> Iterator[Finding]:
        named = self._named()
        for entry in self.entries.values():
            found = named.get(entry.key)
            if found is None:
                hint = did_you_mean(entry.key, named) or "remove the entry"
                yield _warning("idle_attestation", entry, f"there is no key {shown(entry.key)}", hint)
            else:
                yield from self._of(entry, *found)

    def _named(self) -> dict[str, tuple[DesiredAccount, DesiredKey]]:
        """Every declared key by its path, and by the one it had before."""
        keys = [(account, key) for account in self.declaration.accounts for key in account.all_keys()]
        old = {str(key.previously): (account, key) for account, key in keys if key.previously is not None}
        return {**old, **{str(key.path): (account, key) for account, key in keys}}

    def _of(self, entry: Attestation, account: DesiredAccount, key: DesiredKey) -> Iterator[Finding]:
        what = f"{entry.facet} of {entry.key}"
        if entry.key != str(key.path) and (str(key.path), entry.facet) in self.entries:
            message = f"{what} is attested under its new name {key.path} too"
            yield _warning("idle_attestation", entry, message, "remove this entry")
            return
        values = self._values(key, entry.facet)
        if not values:
            message = f"{what} is not compared, so there is nothing to attest"
            yield _warning("idle_attestation", entry, message, "remove the entry")
            return
        wanted = next((one for one in values if _binds(entry, one)), values[0])
        if _binds(entry, wanted) and entry.says != says_of(entry.facet, wanted):
            yield _says_otherwise(entry, what)
            return
        why = void(entry, wanted, self.ages) or self._other_key(entry, account, key)
        renew = f"look again, then: {renewal(key, entry.facet)}"
        if why:
            message = f"what {entry.by} attested of {what} no longer counts: {why}"
            hint = f"{renew}; or remove the entry, which counts again should the old value come back"
            yield _warning("void_attestation", entry, message, hint)
        elif self.ages.ends_soon(entry.at):
            message = f"what {entry.by} attested of {what} counts until {self.ages.until(entry.at):%Y-%m-%d}"
            yield _warning("attestation_ends", entry, message, renew)

    def _values(self, key: DesiredKey, facet: Facet) -> list[ChangeValue]:
        """What may be wanted of a facet; in which mode an account is, only its exchange says."""
        profile = self.profile_of(key.exchange)
        wanted = [wanted_facets(key, profile, mode) for mode in (None, *profile.modes)]
        return [one[facet] for one in wanted if facet in one]

    def _other_key(self, entry: Attestation, account: DesiredAccount, key: DesiredKey) -> str:
        """Why the key is another one, where the declaration names its id."""
        if key.key_id is None:
            return ""
        now = fingerprint(account, key, key.key_id, None, sandbox=self.sandbox)
        return changed_key(entry.fingerprint, now)


def _binds(entry: Attestation, wanted: ChangeValue) -> bool:
    return entry.hash == binding(entry.key, entry.facet, wanted, entry.fingerprint)


def _says_otherwise(entry: Attestation, what: str) -> Finding:
    return Finding(
        "error",
        "says_otherwise",
        f"`says` of {what} is not the value that its hash binds: one of them was edited",
        entry.where,
        "remove the entry, look at the website, and attest anew",
    )


def _warning(code: str, entry: Attestation, message: str, hint: str) -> Finding:
    return Finding("warning", code, message, entry.where, hint)
