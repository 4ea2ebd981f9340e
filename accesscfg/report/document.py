"""Plans and results as JSON, as schemas/plan.schema.json describes. The same input gives the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.model.canonical import encode, encode_seen
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import (
    LiveKey,
    Observation,
    Observed,
    Partly,
    Probed,
    UndeclaredKey,
    UndeclaredSub,
)
from accesscfg.model.origins import PoolChange
from accesscfg.model.plan import (
    FORMAT_VERSION,
    ApplyResult,
    Change,
    ChangeResult,
    FacetResult,
    KeyResult,
    Outcome,
    Plan,
    Refusal,
)
from accesscfg.report.attested import statement_json

Json = dict[str, Any]


def dumps(document: Mapping[str, Any]) -> str:
    """JSON text in ASCII, so that no terminal and no tool can read anything else into it."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def plan_to_json(plan: Plan) -> Json:
    """The plan as JSON data. No secret is in it."""
    return {
        "format_version": FORMAT_VERSION,
        "id": plan.id,
        "made_at": _time(plan.made_at),
        "version": plan.version,
        "workspace": plan.workspace,
        "sandbox": plan.sandbox,
        "declaration_hash": plan.declaration_hash,
        "targets": list(plan.targets),
        "keys": [_key(key) for key in plan.keys],
        "changes": [_change(change) for change in plan.changes],
        "pools": [_pool(pool) for pool in plan.pools],
        "undeclared": {
            "keys": [_undeclared_key(one) for one in plan.undeclared_keys],
            "sub_accounts": [_undeclared_sub(one) for one in plan.undeclared_subs],
        },
        "notes": list(plan.notes),
        "unknown": list(plan.unknown),
        "violations": [finding_to_json(one) for one in plan.violations],
        "warnings": [finding_to_json(one) for one in plan.warnings],
        "refusals": [_refusal(one) for one in plan.refusals],
        "summary": _summary(plan),
    }


def apply_to_json(result: ApplyResult) -> Json:
    """What an apply did, with the plan it was for."""
    outcomes = Counter(one.outcome for one in result.results)
    return {
        "format_version": FORMAT_VERSION,
        "plan": plan_to_json(result.plan),
        "results": [_result(one) for one in result.results],
        "writes": result.writes,
        "interrupted": result.interrupted,
        "stopped_at": result.stopped_at or None,
        "outcomes": {outcome.value: outcomes[outcome] for outcome in Outcome},
    }


def finding_to_json(finding: Finding) -> Json:
    """A finding; `where` is an object for a place in a file, else text or null."""
    where: Json | str | None = None
    if isinstance(finding.where, Mark):
        where = {"file": finding.where.file, "line": finding.where.line, "column": finding.where.column}
    elif finding.where is not None:
        where = finding.where
    return {
        "severity": finding.severity,
        "kind": finding.kind,
        "code": finding.code,
        "message": finding.message,
        "where": where,
        "hint": finding.hint,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _key(key: KeyResult) -> Json:
    return {
        "path": str(key.path),
        "exchange": key.exchange,
        "scope": key.scope,
        "used_by": key.used_by,
        "signed_by": None if key.signed_by is None else str(key.signed_by),
        "hash": key.hash,
        "lifecycle": None
        if key.lifecycle is None
        else {
            "word": key.lifecycle.word.value,
            "why": key.lifecycle.why,
            "until": _time(key.lifecycle.until),
        },
        "facets": [_facet(result) for result in key.facets],
        "notes": list(key.notes),
    }


def _facet(result: FacetResult) -> Json:
    return {
        "facet": result.facet.value,
        "state": result.state.value,
        "wanted": encode(result.wanted),
        "seen": _seen(result.seen),
        "why": result.why,
        "attestation": statement_json(result.attestation),
    }


def _seen(seen: Observation) -> Json:
    at = _time(seen.at) if isinstance(seen, Observed | Partly | Probed) else None
    return {"value": None, "why": "", **encode_seen(seen), "at": at}


def _change(change: Change) -> Json:
    return {
        "id": change.id,
        "step": change.step,
        "waits_for": list(change.waits_for),
        "key": str(change.key),
        "facet": change.facet.value,
        "before": encode(change.before),
        "after": encode(change.after),
        "direction": change.direction.value,
        "means": change.means.value,
        "reason": change.reason,
        "gone": sorted(change.gone),
        "new": sorted(change.new),
        "origins": _origins(change),
    }


def _origins(change: Change) -> list[Json]:
    """Every address that the change is about, with what becomes of it and where it is from."""
    before, after = (
        side.entries if isinstance(side, Addresses) else frozenset() for side in (change.before, change.after)
    )
    return [
        {
            "address": entry,
            "effect": "stays" if entry in before & after else "comes" if entry in after else "leaves",
            "pool": change.origins[entry].pool,
            "known": [{"kind": place.kind, "name": place.name} for place in change.origins[entry].known],
        }
        for entry in sorted_entries(before | after)
        if entry in change.origins
    ]


def _pool(pool: PoolChange) -> Json:
    return {
        "pool": pool.pool,
        "keys": [
            {
                "key": str(use.key),
                "changed": use.changed,
                "state": None if use.state is None else use.state.value,
            }
            for use in pool.uses
        ],
    }


def _live(live: LiveKey) -> Json:
    return {
        "key_id": live.key_id,
        "masked": live.masked,
        "label": live.label,
        "facets": {facet.value: _seen(seen) for facet, seen in sorted(live.facets.items())},
        "created_at": _time(live.created_at),
        "expires_at": _time(live.expires_at),
        "last_used_at": _time(live.last_used_at),
        "notes": list(live.notes),
    }


def _undeclared_key(one: UndeclaredKey) -> Json:
    return {"account": one.account, "sub_account": one.sub, "sub_account_id": one.sub_id, **_live(one.live)}


def _undeclared_sub(one: UndeclaredSub) -> Json:
    keys = None if one.keys is None else [_live(live) for live in one.keys]
    return {"account": one.account, "id": one.live.id, "name": one.live.name, "keys": keys}


def _refusal(one: Refusal) -> Json:
    return {
        "guard": one.guard.value,
        "key": str(one.key),
        "change": one.change,
        "why": one.why,
        "allow": f"{one.guard}={one.key}",
    }


def _summary(plan: Plan) -> Json:
    total = plan.summary()
    return {
        "keys": total.keys,
        "facets": {state.value: number for state, number in total.facets.items()},
        "changes": total.changes,
        "grants": total.grants,
        "revokes": total.revokes,
        "api": total.api,
        "manual": total.manual,
        "blocked": total.blocked,
        "undeclared_keys": total.undeclared_keys,
        "undeclared_sub_accounts": total.undeclared_subs,
        "unknown": len(plan.unknown),
        "violations": len(plan.violations),
        "warnings": len(plan.warnings),
        "refusals": len(plan.refusals),
    }


def _result(one: ChangeResult) -> Json:
    return {
        "change": one.change.id,
        "key": str(one.change.key),
        "facet": one.change.facet.value,
        "direction": one.change.direction.value,
        "means": one.change.means.value,
        "outcome": one.outcome.value,
        "why": one.why,
    }
