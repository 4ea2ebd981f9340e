"""The pools with changes in a plan, each with every key that lists it and what becomes of the key."""

from __future__ import annotations

from accesscfg.model.origins import PoolChange, PoolUse
from accesscfg.model.plan import Plan
from accesscfg.report.page import Page, Style
from accesscfg.report.words import STATES, listing

TITLE = "IP pools with changes, and every key that lists them"
_CHANGED, _NOT_LOOKED_AT = "changed by this plan", "not looked at"


def keys_by_fate(pool: PoolChange) -> dict[str, list[str]]:
    """The paths of a pool's keys by what becomes of them, those that are changed first and those not seen last."""
    fates: dict[str, list[str]] = {_CHANGED: []}
    for use in sorted(pool.uses, key=lambda use: (use.state is None, str(use.key))):
        fates.setdefault(_fate(use), []).append(str(use.key))
    return {fate: paths for fate, paths in fates.items() if paths}


def _fate(use: PoolUse) -> str:
    if use.changed:
        return _CHANGED
    return _NOT_LOOKED_AT if use.state is None else STATES[use.state]


def write_pools(page: Page, plan: Plan) -> None:
    """The section of a plan's text."""
    if not plan.pools:
        return
    page.gap()
    page.line(TITLE, Style.STRONG)
    width = max(len(pool.pool) for pool in plan.pools)
    for pool in plan.pools:
        name = pool.pool
        for fate, paths in keys_by_fate(pool).items():
            page.item(f"  {name:<{width}}  {fate:<{len(_CHANGED)}}  ", listing(paths))
            name = ""
    page.gap()
