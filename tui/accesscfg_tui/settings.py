"""The user's settings: `tui.yaml` in the folder for settings. What is wrong in it is told, and counts as not set."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Actions = Mapping[str, tuple[str, str]]  # by id: the screen where it works, and its usual keys
Clipboard = Literal["auto", "terminal", "off"]
CLIPBOARDS: tuple[Clipboard, ...] = get_args(Clipboard)
Confirm = Literal["risk", "always"]
CONFIRMS: tuple[Confirm, ...] = get_args(Confirm)
ALL_SCREENS = ("everywhere", "move")  # what works there works on every screen
DEFAULT_THEME = "dark"
HEAD = "# Settings of `accesscfg tui`; its settings screen shows what there is. Comments are lost when it saves.\n"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. `keys`: by an action's id, the keys that do it, with commas between them.

    `confirm`: when an apply asks for a typed word; never less often than its risk asks for one.
    """

    theme: str = DEFAULT_THEME
    ascii: bool = False
    clipboard: Clipboard = "auto"
    confirm: Confirm = "risk"
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Settings as they were found in `file`, and sentences about what in it does not count."""

    settings: Settings
    file: Path
    problems: tuple[str, ...] = ()


def settings_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where they are kept."""
    folder = environ.get("XDG_CONFIG_HOME") or ""
    base = Path(folder) if os.path.isabs(folder) else Path(environ.get("HOME", "~")).expanduser() / ".config"
    return base / "accesscfg" / "tui.yaml"


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where pictures go: never into a workspace, which is a git tree."""
    folder = environ.get("XDG_STATE_HOME") or ""
    base = (
        Path(folder)
        if os.path.isabs(folder)
        else Path(environ.get("HOME", "~")).expanduser() / ".local/state"
    )
    return base / "accesscfg"


def read_settings(file: Path, themes: Collection[str], actions: Actions) -> Found:
    """The settings in a file; `actions` are those that may get other keys."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Found(Settings(), file)
    except (OSError, ValueError):
        return Found(Settings(), file, (f"{file.name} cannot be read; the usual settings count",))
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f" in line {mark.line + 1}"
        return Found(Settings(), file, (f"{file.name} is not YAML{line}; the usual settings count",))
    if data is None:
        return Found(Settings(), file)
    if not isinstance(data, dict):
        return Found(Settings(), file, (f"{file.name} holds no map of settings; the usual ones count",))
    return _judged(data, file, themes, actions)


def _judged(data: dict[Any, Any], file: Path, themes: Collection[str], actions: Actions) -> Found:
    problems: list[str] = []
    settings = Settings()
    for name, value in data.items():
        match name, value:
            case "theme", str() if value in themes:
                settings = replace(settings, theme=value)
            case "theme", _:
                problems.append(f"theme: there is no {_short(value)}; there are {', '.join(sorted(themes))}")
            case "ascii", bool():
                settings = replace(settings, ascii=value)
            case "ascii", _:
                problems.append(f"ascii: {_short(value)} is neither true nor false")
            case "clipboard", str() | bool() if (word := _word(value)) in CLIPBOARDS:
                settings = replace(settings, clipboard=word)
            case "clipboard", _:
                problems.append(f"clipboard: {_short(value)} is none of {', '.join(CLIPBOARDS)}")
            case "confirm", str() if value in CONFIRMS:
                settings = replace(settings, confirm=value)
            case "confirm", _:
                problems.append(f"confirm: {_short(value)} is none of {', '.join(CONFIRMS)}")
            case "keys", dict():
                keys = dict(_keys(value, actions, problems))
                settings = replace(settings, keys=keys)
            case "keys", _:
                problems.append("keys: write a map of actions to keys, as {board.refresh-here: f5}")
            case _:
                problems.append(f"{_short(name)}: there is no such setting")
    return Found(settings, file, tuple(problems))


def _word(value: str | bool) -> Any:
    """YAML takes a bare `off` for false."""
    return "off" if value is False else value


def _keys(wanted: dict[Any, Any], actions: Actions, problems: list[str]) -> Iterator[tuple[str, str]]:
    """The keys that can be used; one that does two things on one screen does what stands first."""
    taken = [
        (key.strip(), screen, action)
        for action, (screen, usual) in actions.items()
        if action not in wanted
        for key in usual.split(",")
    ]

    for action, keys in wanted.items():
        if action not in actions:
            problems.append(f"keys: there is no action {_short(action)}; this screen lists them")
            continue
        if not isinstance(keys, str | int) or isinstance(keys, bool) or not str(keys).strip():
            problems.append(f"keys: {action} needs the name of a key, as f5 or ctrl+r")
            continue
        parts = [part.strip() for part in str(keys).split(",") if part.strip()]
        screen = actions[action][0]
        double = [(key, other) for key, there, other in taken if key in parts and _meet(screen, there)]
        if double:
            key, other = double[0]
            problems.append(f"keys: {key} is for {other} already, and not for {action}")
            continue
        taken += [(part, screen, action) for part in parts]
        yield action, ",".join(parts)


def _meet(one: str, other: str) -> bool:
    """Whether two actions can be called from one screen."""
    return one == other or one in ALL_SCREENS or other in ALL_SCREENS


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 30 else text[:29] + "…")


def write_settings(file: Path, settings: Settings) -> None:
    """Save them, whole or not at all; what is as usual is left out. Raises OSError."""
    usual = Settings()
    data = {
        name: dict(value) if isinstance(value, Mapping) else value
        for name in ("theme", "ascii", "clipboard", "confirm", "keys")
        if (value := getattr(settings, name)) != getattr(usual, name)
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.write_text(HEAD + (yaml.safe_dump(data, sort_keys=False) if data else ""), encoding="utf-8")
    draft.replace(file)
