"""A person who does what a guide says on the simulators' website, and who knows nothing but the guide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accesscfg.guides import GuideSubject, make_guide
from accesscfg.model.desired import DesiredKey
from accesscfg.model.guide import Guide, Step, StepKind
from accesscfg.model.networks import live_entry
from accesscfg.model.observed import Facet, Sighting
from accesscfg.model.paths import KeyPath
from accesscfg.model.profile import Entry
from accesscfg.sandbox import Sandbox
from accesscfg.secrets import Credential, Secret
from tests.support.rig import Rig, profile_of
from tests.support.venues import Venue
from tests.support.watch import READ_ONLY, Scene, now


@dataclass
class Desk(Rig):
    """A rig that learns the credentials of keys which a person makes."""

    made: dict[KeyPath, Credential] = field(default_factory=dict)

    def credential(self, path: KeyPath) -> Credential:
        """The made one, else the made-up one."""
        return self.made.get(path) or super().credential(path)

    def key(self, path: KeyPath) -> DesiredKey:
        """The declared key."""
        return next(key for key in self.declaration().all_keys() if key.path == path)

    def guide(
        self, sighting: Sighting, path: KeyPath, *, entry: Entry | None = None, new: bool = False
    ) -> Guide:
        """The guide of one key from what was seen."""
        plan = self.plan_of(sighting)
        key = self.key(path)
        return make_guide(
            GuideSubject(
                key=key,
                result=next(result for result in plan.keys if result.path == path),
                live=sighting.readings[str(path)].live,
                changes=plan.changes_of(path),
                profile=profile_of(key.exchange),
                entry=entry,
                sub_id=None if path.sub is None else self.venue.sub_id,
                new=new,
            )
        )


@dataclass
class Form:
    """What the page shows, as the person has filled it in."""

    permissions: set[str]
    ips: set[str] | None
    label: str
    enabled: bool = True
    expires: str | None = None
    app: str | None = None

    def fields(self, facets: Iterable[Facet], venue: Venue) -> dict[str, Any]:
        """What saving a form with these facets sends."""
        everything: dict[Facet, dict[str, Any]] = {
            Facet.PERMISSIONS: {"permissions": venue.spelt(sorted(self.permissions))},
            Facet.IP_WHITELIST: {"ip_whitelist": None if self.ips is None else sorted(self.ips)},
            Facet.LABEL: {"label": self.label},
            Facet.ENABLED: {"enabled": self.enabled},
            Facet.EXPIRY: {"expires_at": self.expires},
        }
        return {name: value for facet in facets for name, value in everything[facet].items()}


class Follower:
    """Follows guides of one desk; `scenes` are the states of all keys after each save."""

    def __init__(self, desk: Desk, sandbox: Sandbox) -> None:
        self.desk = desk
        self.sandbox = sandbox
        self.scenes: list[Scene] = []

    def follow(self, guide: Guide, visits: int | None = None) -> None:
        """Do all steps, or those of the first visits to forms only."""
        for number, steps in guide.visits():
            if visits is not None and number >= visits:
                return
            mine = [step for step in steps if step.mode is None or step.mode == self.desk.venue.mode]
            kinds = {step.kind for step in mine}
            if StepKind.DELETE in kinds:
                self._act(guide.key, self._live(guide.key)["api_key"], "delete")
            elif StepKind.CREATE in kinds:
                self._create(guide, mine)
            elif StepKind.STORE not in kinds:
                self._edit(guide, mine)

    def _create(self, guide: Guide, steps: Sequence[Step]) -> None:
        name = next(step.copy for step in steps if step.kind is StepKind.RENAME)
        assert name is not None
        form = Form(permissions=set(), ips=None, label=name)
        self._fill_in(form, steps)
        filled = form.fields([Facet.PERMISSIONS, Facet.IP_WHITELIST], self.desk.venue)
        if any(step.kind is StepKind.EXPIRE for step in steps):
            filled["expires_at"] = form.expires
        if form.app is not None:
            filled["app"] = form.app
        shown = self._act(guide.key, name, "create", filled)
        self.desk.made[guide.key] = Credential(
            Secret(shown["key"]["api_key"]),
            api_secret=Secret(shown["api_secret"]),
            passphrase=Secret(shown["passphrase"]) if shown.get("passphrase") else None,
        )

    def _edit(self, guide: Guide, steps: Sequence[Step]) -> None:
        live = self._live(guide.key)
        ips = live["ip_whitelist"]
        form = Form(
            permissions=set(live["permissions"]),
            ips=None if ips is None else set(ips),
            label=live["label"],
            enabled=live["enabled"],
            expires=live["expires_at"],
        )
        self._fill_in(form, steps)
        facets = {step.facet for step in steps if step.facet is not None}
        manual = self.desk.venue.profile.manual
        forms = {manual.form_for(facet) for facet in facets}
        assert len(forms) == 1, "one visit saves one form"
        (saved,) = forms
        changed = sorted(facets if saved is None else saved.changes)
        if any(step.kind is StepKind.SAVE for step in steps) or saved is None:
            self._act(guide.key, live["api_key"], "set", form.fields(changed, self.desk.venue))

    def _fill_in(self, form: Form, steps: Sequence[Step]) -> None:
        for step in steps:
            _do(form, step)

    def _act(
        self, path: KeyPath, key: str, action: str, fields: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {"exchange": self.desk.venue.exchange, "account": path.account}
        request |= {"key": key, "action": action}
        if path.sub is not None:
            request["sub_account"] = path.sub
        if fields is not None:
            request["set"] = fields
        shown = self.sandbox.website(request)
        self.scenes.append(now(self.sandbox, self.desk.venue))
        return shown

    def _live(self, path: KeyPath) -> dict[str, Any]:
        """The key that the world was made with under this path; once it is gone, the one that was made for it."""
        state = self.sandbox.state()["exchanges"][self.desk.venue.exchange]["accounts"]
        holders = [holder for account in state for holder in (account, *account["sub_accounts"])]
        keys = {key["api_key"]: key for holder in holders for key in holder["keys"]}
        name = self.desk.key_id(path)
        return keys[name] if name in keys else keys[self.desk.made[path].api_key.reveal()]


def _do(form: Form, step: Step) -> None:
    """One step; what only leads the way changes nothing."""
    natives, addresses = set(step.natives), {live_entry(entry) for entry in step.addresses}
    match step.kind:
        case StepKind.TICK:
            form.permissions |= natives
        case StepKind.UNTICK:
            form.permissions -= natives
        case StepKind.UNTICK_OTHERS:
            form.permissions &= natives | {READ_ONLY}
        case StepKind.CHECK if step.facet is Facet.PERMISSIONS:
            form.permissions &= natives | {READ_ONLY}
        case StepKind.READ_WRITE:
            form.permissions -= {READ_ONLY}
        case StepKind.RESTRICT:
            form.ips = form.ips or set()
        case StepKind.LIFT:
            form.ips = None
        case StepKind.PASTE | StepKind.ADD:
            assert step.copy is not None
            assert form.ips is not None, "there is no list to fill while the key is not restricted"
            form.ips = {*form.ips, *(live_entry(one) for one in step.copy.replace(",", " ").split())}
        case StepKind.REMOVE:
            assert form.ips is not None
            form.ips -= addresses
        case StepKind.REMOVE_OTHERS:
            assert form.ips is not None
            form.ips &= addresses
        case StepKind.RENAME:
            assert step.copy is not None
            form.label = step.copy
        case StepKind.ENABLE | StepKind.DISABLE:
            form.enabled = step.kind is StepKind.ENABLE
        case StepKind.EXPIRE:
            form.expires = None if step.copy is None else f"{step.copy}T00:00:00Z"
        case StepKind.BIND:
            form.app = step.text.split('"')[-2]
        case _:
            pass
