"""Keys that an exchange makes with all rights and usable from everywhere: they are restricted before anything else."""

from __future__ import annotations

from accesscfg.config.permissions import map_permissions
from accesscfg.model.guide import Guide, Purpose, StepKind
from accesscfg.model.observed import Facet, KeyReading, Observed
from tests.guides.toy import guide, ips
from tests.support.build import NOW, desired
from tests.support.venues import PROFILES

K = StepKind


def of_whitebit() -> Guide:
    profile = PROFILES.get("whitebit")
    assert profile is not None
    natives = sorted(map_permissions(("read", "spot"), profile, "own").natives)
    key = desired("main/bot", natives, ips("1", "2"))
    return guide(key, KeyReading({Facet.PRESENCE: Observed(False, NOW)}), profile)


def place(made: Guide, *words: str) -> int:
    """The place of the first step that says these words."""
    return next(at for at, step in enumerate(made.steps) if all(word in step.text for word in words))


def test_a_key_of_whitebit_is_switched_off_and_restricted_as_soon_as_it_is_made_and_switched_on_last() -> (
    None
):
    made = of_whitebit()
    order = [
        place(made, "Where the kind of key is asked for"),
        place(made, "Generate API Key"),
        place(made, "toggle", "off"),
        place(made, "Turn endpoint access restriction on"),
        next(at for at, step in enumerate(made.steps) if step.kind is K.RESTRICT),
        next(at for at, step in enumerate(made.steps) if step.kind is K.ADD),
        next(at for at, step in enumerate(made.steps) if step.kind is K.TICK),
        place(made, "Save the addresses"),
        place(made, "toggle", "name on"),
        next(at for at, step in enumerate(made.steps) if step.kind is K.STORE),
    ]
    assert made.purpose is Purpose.CREATE
    assert order == sorted(order)


def test_that_it_is_wide_open_until_then_is_said_before_the_steps() -> None:
    assert any(
        "do not hand the secret on before both are saved" in caution for caution in of_whitebit().cautions
    )
