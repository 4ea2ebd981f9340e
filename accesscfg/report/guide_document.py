"""A guide as JSON, as schemas/guide.schema.json describes."""

from __future__ import annotations

from datetime import UTC, datetime

from accesscfg.model.canonical import encode, encode_seen
from accesscfg.model.guide import GUIDE_FORMAT_VERSION, Guide, Step, Verdict, Verification, WantedState
from accesscfg.report.document import Json


def guide_to_json(guide: Guide, verification: Verification | None = None) -> Json:
    """The guide as JSON data, with the verdict of a look afterwards where there was one. No secret is in it."""
    return {
        "format_version": GUIDE_FORMAT_VERSION,
        "key": str(guide.key),
        "exchange": guide.exchange,
        "exchange_name": guide.exchange_name,
        "name": guide.name,
        "used_by": guide.used_by,
        "held": guide.held,
        "purpose": guide.purpose.value,
        "new": guide.new,
        "page": {"url": guide.page, "verified": guide.page_verified},
        "checked": guide.checked,
        "needs": list(guide.needs),
        "cautions": list(guide.cautions),
        "warnings": [
            {"guard": None if one.guard is None else one.guard.value, "text": one.text}
            for one in guide.warnings
        ],
        "notes": list(guide.notes),
        "entry": guide.entry,
        "entries": list(guide.entries),
        "steps": [_step(step) for step in guide.steps],
        "current": None if guide.current is None else guide.current.id,
        "beyond": list(guide.beyond),
        "wanted": _wanted(guide.wanted),
        "verifies": [facet.value for facet in guide.verifies],
        "attests": [facet.value for facet in guide.attests],
        "changes": list(guide.changes),
        "by_api": list(guide.by_api),
        "verification": None if verification is None else _verification(verification),
    }


def _step(step: Step) -> Json:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "text": step.text,
        "facet": None if step.facet is None else step.facet.value,
        "natives": list(step.natives),
        "addresses": list(step.addresses),
        "copy": step.copy,
        "mode": step.mode,
        "changes": list(step.changes),
        "certain": step.certain,
        "visit": step.visit,
        "done": _time(step.done),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _wanted(state: WantedState) -> Json:
    return {
        "rights": [
            {
                "native": one.native,
                "label": one.label,
                "group": one.group,
                "mode": one.mode,
                "wanted": one.wanted,
                "live": one.live,
                "note": one.note,
            }
            for one in state.rights
        ],
        "ip_whitelist": encode(state.whitelist),
        "addresses": [{"entry": one.entry, "pool": one.origin, "live": one.live} for one in state.addresses],
        "leaving": list(state.leaving),
        "label": state.label,
        "enabled": state.enabled,
        "expires": state.expires,
    }


def _verification(verification: Verification) -> Json:
    return {
        "verdict": verification.verdict.value,
        "open": [
            {
                "facet": one.result.facet.value,
                "verdict": one.verdict.value,
                "wanted": encode(one.result.wanted),
                "seen": {"value": None, "why": "", **encode_seen(one.result.seen)},
                "why": one.result.why,
            }
            for one in verification.open
        ],
        "attest": verification.attest_command if verification.facets(Verdict.ATTEST) else None,
    }
