"""The order over the keys of an account: a managing key is widened first and narrowed last."""

from __future__ import annotations

from accesscfg.engine.order import order
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath, parse_key_path
from accesscfg.model.plan import Change, Direction, Means

MANAGER = parse_key_path("main/manager")
BOT = parse_key_path("main/sub/bot")


def change(path: KeyPath, name: str, direction: Direction) -> Change:
    return Change(name, 0, path, Facet.PERMISSIONS, frozenset(), frozenset(), direction, Means.API, "")


def names(by_key: dict[KeyPath, list[Change]]) -> list[str]:
    return [one.id for one in order(by_key, {BOT: MANAGER}, 0)]


def test_a_managing_key_that_is_only_widened_goes_first() -> None:
    changes = {
        BOT: [change(BOT, "bot", Direction.REVOKES)],
        MANAGER: [change(MANAGER, "widen", Direction.GRANTS)],
    }

    assert names(changes) == ["widen", "bot"]


def test_a_managing_key_that_is_narrowed_goes_last_and_waits_for_what_needs_it() -> None:
    changes = {
        MANAGER: [change(MANAGER, "narrow", Direction.REVOKES)],
        BOT: [change(BOT, "bot", Direction.GRANTS)],
    }
    ordered = order(changes, {BOT: MANAGER}, 5)

    assert [one.id for one in ordered] == ["bot", "narrow"]
    assert [one.step for one in ordered] == [5, 6]
    assert ordered[1].waits_for == ("bot",)
