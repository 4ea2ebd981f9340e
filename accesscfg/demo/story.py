"""The story: drift is found, removed by API, then on the website by guides; what nobody can see is attested."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accesscfg.demo.person import Person
from accesscfg.demo.stage import Stage, how_to_go_on, stage, workspace_folder
from accesscfg.model.errors import AccesscfgError
from accesscfg.model.guide import Verdict, Verification
from accesscfg.model.paths import KeyPath, parse_key_path
from accesscfg.model.plan import FacetState, Means, Plan, plan_exit_code
from accesscfg.report.attested import attest_to_text
from accesscfg.report.guide_text import guide_to_text, verification_to_text
from accesscfg.report.outcome import apply_to_text
from accesscfg.report.text import plan_to_text
from accesscfg.report.words import FACETS, Words, count, listing
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace

Out = Callable[[str], None]
GUIDED = "kraken-main/charter"
ATTESTED = "kraken-main/charter-extra"
SOMEBODY = "Robin"
VERDICTS = {Verdict.VERIFIED: "verified", Verdict.ATTEST: "to be attested"}
NOT_SEEN = (FacetState.CONSISTENT, FacetState.UNOBSERVABLE)


@dataclass(frozen=True, slots=True)
class Voice:
    """How the story is told."""

    out: Out
    color: bool
    words: Words

    def say(self, *lines: str) -> None:
        """Lines as they are."""
        for line in lines:
            self.out(line)

    def command(self, text: str) -> None:
        """A command that is run now."""
        self.say("", f"\x1b[1m$ {text}\x1b[0m" if self.color else f"$ {text}", "")


def run(keep: Path | None, out: Out, *, color: bool, words: Callable[[Workspace], Words]) -> int:
    """Tell the story; the exit code is that of the last plan. With `keep` the workspace stays in that folder."""
    with workspace_folder(keep) as folder, stage(folder) as scene:
        story = Story.on(scene, out, color=color, words=words)
        code = asyncio.run(story.tell())
        if keep is not None:
            story.voice.say("", *how_to_go_on(folder))
        return code


@dataclass(frozen=True, slots=True)
class Story:
    """One telling."""

    workspace: Workspace
    stage: Stage
    person: Person
    voice: Voice

    @classmethod
    def on(cls, scene: Stage, out: Out, *, color: bool, words: Callable[[Workspace], Words]) -> Story:
        """A story that can be told once on this stage."""
        workspace = Workspace.open(scene.folder, {SANDBOX_VARIABLE: scene.sandbox.url})
        exchanges = {account.name: account.exchange for account in workspace.load().accounts}
        person = Person(scene.sandbox.url, exchanges, scene.key_ids)
        return cls(workspace, scene, person, Voice(out, color, words(workspace)))

    async def tell(self) -> int:
        """All of it; the exit code of the last plan. Raises AccesscfgError where it does not end well."""
        names = [self.workspace.profile_of(exchange).name for exchange in self.person.exchanges.values()]
        self.voice.say(
            f"A throw-away workspace in {self.stage.folder}, its secrets encrypted by sops for an identity",
            f"made just now, and simulators of {', '.join(names[:-1])} and",
            f"{names[-1]} on {self.stage.sandbox.url}. Somebody has been clicking on websites.",
        )
        await self._by_api()
        await self._one_guide()
        await self._other_guides()
        await self._what_nobody_sees()
        return await self._ending()

    async def _by_api(self) -> None:
        self.voice.command("accesscfg plan")
        plan = await self.workspace.plan()
        self._show_plan(plan)
        self.voice.command("accesscfg apply --auto-approve | tail -n 1")
        with self.workspace.locked():
            result = await self.workspace.apply(plan)
        self.voice.say(apply_to_text(result, self.voice.words).splitlines()[-1])

    async def _one_guide(self) -> None:
        self.voice.say("", "What is left, no API can do. A person does it on the website, by a guide:")
        self.voice.command(f"accesscfg guide {GUIDED}")
        guide = await self.workspace.guide(GUIDED)
        self.voice.say(guide_to_text(guide, color=self.voice.color))
        self.voice.say(
            "", f"In the demo somebody does these {len(guide.steps)} steps on the simulated website."
        )
        self.person.follow(guide)
        self.voice.command(f"accesscfg guide {GUIDED} --verify")
        seen = await self._verified(GUIDED)
        self.voice.say(verification_to_text(seen, self.voice.words, color=self.voice.color))

    async def _other_guides(self) -> None:
        plan = await self.workspace.plan()
        by_hand = dict.fromkeys(change.key for change in plan.changes if change.means is Means.MANUAL)
        self.voice.say("", "The other keys in the same way:", "")
        for path in by_hand:
            guide = await self.workspace.guide(str(path))
            self.person.follow(guide)
            seen = await self._verified(str(path))
            self.voice.say(f"  {path!s:<26} {count(len(guide.steps), 'step')}, then {VERDICTS[seen.verdict]}")
        for stranger in plan.undeclared_keys:
            self.person.delete(stranger)
            where = f"{stranger.account}/{stranger.sub}"
            self.voice.say(f"  {where:<26} {stranger.live.label}, which nobody declared, is deleted")

    async def _verified(self, path: str) -> Verification:
        seen = await self.workspace.verify(path)
        if seen.verdict not in VERDICTS:
            raise AccesscfgError(
                "a guide did not lead to what is declared; this is a fault in accesscfg", where=path
            )
        return seen

    async def _what_nobody_sees(self) -> None:
        plan = await self.workspace.plan()
        facets = {
            result.path: [facet.facet for facet in result.facets if facet.state in NOT_SEEN]
            for result in plan.keys
        }
        self.voice.say(
            "",
            "Some things no exchange shows. Somebody goes through the guide on the website, and says so:",
        )
        self.voice.command(f"accesscfg attest {ATTESTED} --by {SOMEBODY}")
        self.voice.say(await self._attest(parse_key_path(ATTESTED)), "", "Likewise:", "")
        for path in (path for path, some in facets.items() if some and str(path) != ATTESTED):
            await self._attest(path)
            self.voice.say(f"  {path!s:<26} {listing(FACETS[facet] for facet in facets[path])}")

    async def _attest(self, path: KeyPath) -> str:
        """Look at a key on the website, mend what differs there, and say so; the words of the command."""
        self.person.follow(await self.workspace.guide(str(path)))
        with self.workspace.locked():
            result = await self.workspace.attest(str(path), by=SOMEBODY)
        return attest_to_text(result, color=self.voice.color)

    async def _ending(self) -> int:
        self.voice.command("accesscfg plan --detailed-exitcode")
        last = await self.workspace.plan()
        self._show_plan(last)
        code = plan_exit_code(last, detailed=True)
        if code != 0:
            raise AccesscfgError("the demo did not end in sync; this is a fault in accesscfg")
        self.voice.say("", "Exit code 0: every facet is in sync or attested.")
        return code

    def _show_plan(self, plan: Plan) -> None:
        self.voice.say(plan_to_text(plan, self.voice.words, color=self.voice.color))
