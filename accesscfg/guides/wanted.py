"""The whole declared state of a key, beside what was seen of it."""

from __future__ import annotations

from accesscfg.guides.rightsform import RightsForm, forms_of
from accesscfg.guides.subject import GuideSubject
from accesscfg.model.guide import Allowed, Right, WantedState
from accesscfg.model.networks import Addresses, sorted_entries


def wanted_state(subject: GuideSubject, *, new: bool = False) -> WantedState:
    """Every permission of the exchange's form and every address; nothing is live of a `new` key."""
    key = subject.key
    rights = (
        []
        if key.absent or subject.misfit
        else [right for form in forms_of(subject, new=new) for right in _rights(form)]
    )
    wanted = key.whitelist.entries if isinstance(key.whitelist, Addresses) else frozenset()
    seen = None if new else subject.whitelist
    live = seen.entries if isinstance(seen, Addresses) else None
    if not new and subject.restricted is False:
        live = frozenset()
    return WantedState(
        rights=tuple(rights),
        whitelist=key.whitelist,
        addresses=tuple(
            Allowed(entry, key.origins.get(entry), None if live is None else entry in live)
            for entry in sorted_entries(wanted)
        ),
        leaving=tuple(sorted_entries((live or frozenset()) - wanted)),
        label=key.label,
        enabled=key.enabled,
        expires=None if key.expires is None else str(key.expires),
    )


def _rights(form: RightsForm) -> list[Right]:
    rights = [
        Right(
            native=row.native,
            label=row.label,
            group=row.group,
            mode=form.mode,
            wanted=None if row.native in form.either else row.native in form.wanted,
            live=form.known(row.native),
            note=row.note,
        )
        for row in form.rows
    ]
    strangers = [
        Right(
            name,
            name,
            None,
            form.mode,
            name in form.wanted,
            form.known(name),
            "this version does not know it",
        )
        for name in form.strangers
    ]
    return [*rights, *strangers]
