"""The policy that needs to see the exchanges: what nobody declared. Pure."""

from __future__ import annotations

from accesscfg.model.desired import Declaration
from accesscfg.model.findings import Finding
from accesscfg.model.observed import Sighting


def undeclared(declaration: Declaration, sighting: Sighting) -> tuple[Finding, ...]:
    """A violation for each undeclared key and sub-account where the policy `undeclared_keys` is `fail`."""
    if declaration.policies.undeclared_keys != "fail":
        return ()
    where = declaration.policies.where.get("undeclared_keys")
    found = [
        f"{one.account}{'/' + one.sub if one.sub else ''} has a key nobody declared"
        f" ({one.live.label or one.live.key_id or 'without a name'})"
        for one in sighting.undeclared_keys
    ]
    found += [
        f"{one.account} has a sub-account nobody declared ({one.live.id})" for one in sighting.undeclared_subs
    ]
    hint = "declare it, or remove it at the exchange"
    return tuple(Finding("error", "undeclared_keys", text, where, hint, kind="policy") for text in found)
