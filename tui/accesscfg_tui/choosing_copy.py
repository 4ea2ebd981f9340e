"""What of keys can be copied: their paths, their addresses in the form that their exchange takes, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from accesscfg.model.desired import DesiredKey
from accesscfg.model.networks import sorted_entries
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.choose import ChooseScreen
from accesscfg_tui.showing import ShowingApp
from accesscfg_tui.viewmodel.detail import detail
from accesscfg_tui.viewmodel.detail_addresses import live_entries, wanted_entries
from accesscfg_tui.viewmodel.scene import Scene


class CopyingApp(ShowingApp):
    """Asks what to copy, and copies it."""

    def choose_copy(self, keys: Sequence[DesiredKey]) -> None:
        """Ask what of these keys to copy. Of several keys it is their paths."""
        if len(keys) > 1:
            copy(self, "\n".join(str(key.path) for key in keys))
            return
        texts = copies(self.scene_of(keys[0]))

        def chosen(name: str | None) -> None:
            if name is not None:
                copy(self, texts[name][1])

        choices = [(name, words) for name, (words, _) in texts.items()]
        self.push_screen(ChooseScreen(f"Copy of {keys[0].path}", choices), chosen)


def copies(scene: Scene) -> dict[str, tuple[str, str]]:
    """By name, what can be copied of a key: in words, and the text itself. None of it is ever a secret."""
    key = scene.key
    between = scene.words.separator(key.exchange, key.scope)
    wanted, live = wanted_entries(scene), live_entries(scene)
    texts = {"path": (f"its path, {key.path}", str(key.path))}
    if wanted:
        texts["wanted"] = (
            f"its {len(wanted)} declared addresses, as {scene.words.name(key.exchange)} takes them",
            between.join(sorted_entries(wanted)),
        )
    if wanted and live is not None and wanted - live:
        missing = sorted_entries(wanted - live)
        texts["missing"] = (f"the {len(missing)} addresses that are missing live", between.join(missing))
    if live:
        texts["live"] = (f"its {len(live)} live addresses", between.join(sorted_entries(live)))
    texts["all"] = (
        "everything that is shown of it, as text",
        "\n".join(one.text for one in detail(scene, 100)),
    )
    return texts
