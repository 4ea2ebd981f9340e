"""The documents say what the program does: commands parse, links resolve, and the README's plan is today's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from accesscfg.cli.app import COMMANDS, group
from accesscfg.cli.context import words_of
from accesscfg.demo import run
from accesscfg.exchanges.registry import Profiles
from accesscfg.model.errors import AccesscfgError
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Guard, Lifecycle, Outcome
from accesscfg.policy.guards import consents

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]

PICTURES = sorted((DOCS / "images").glob("*.svg"))

FENCE = re.compile(r"^ *```(?P<kind>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DATED = (
    (r"\d{4}-\d{2}-\d{2}", "DATE"),
    (r"DATE \d{2}:\d{2} UTC", "DATE TIME"),
    (r'key_id: "\w+"', "key_id: ID"),
)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def fences(page: Path) -> Iterator[tuple[str, str]]:
    """The kind and the text of each fenced block."""
    for found in FENCE.finditer(page.read_text()):
        yield found["kind"], found["body"]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def section(page: Path, title: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    return page.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def shell_lines(page: Path) -> Iterator[str]:
    """Lines of a shell: blocks of sh, and what follows a prompt in captured text."""
    for kind, body in fences(page):
        for line in body.splitlines():
            if kind == "sh":
                yield line
            elif line.startswith("$ "):
                yield line.removeprefix("$ ")


def commands(page: Path) -> list[list[str]]:
    """Every call of accesscfg that the page shows, as arguments."""
    shown = [*shell_lines(page), *SPAN.findall(prose(page))]
    calls = [
        shlex.split(part, comments=True)
        for line in shown
        if "accesscfg " in line
        for part in re.split(r"[|<>&]", line)
        if part.strip().startswith("accesscfg ")
    ]
    return [call[1:] for call in calls]


def parse(arguments: list[str]) -> None:
    """Raises click.UsageError for a command, option or choice that there is not; runs nothing."""
    command: click.Command = group
    context = click.Context(group, info_name="accesscfg")
    while True:
        values, rest, _ = command.make_parser(context).parse_args(list(arguments))
        for option in command.params:
            given = values.get(option.name or "")
            if isinstance(option.type, click.Choice):
                for one in given if isinstance(given, list) else [given]:
                    _ = one is None or option.type.convert(one, option, context)
        consents(values.get("allow") or ())
        if not isinstance(command, click.Group):
            assert not rest, f"{rest} is too much"
            return
        if not rest:
            return
        name, found, arguments = command.resolve_command(context, rest)
        assert found is not None
        context = click.Context(found, info_name=name, parent=context)
        command = found


def leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that is no group, with its words."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*path, name))


def slug(heading: str) -> str:
    """The anchor that GitHub and GitLab give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def undated(text: str) -> str:
    """Text without what differs from run to run."""
    for pattern, word in DATED:
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_shown_parses(page: Path) -> None:
    for arguments in commands(page):
        try:
            parse(arguments)
        except (click.ClickException, AccesscfgError, AssertionError) as error:
            pytest.fail(f"{named(page)}: accesscfg {shlex.join(arguments)}: {error}")


@pytest.mark.parametrize(
    "wrong",
    [
        ["frobnicate"],
        ["plan", "--force"],
        ["plan", "--format", "html"],
        ["secrets", "show"],
        ["validate", "extra"],
        ["apply", "--allow", "last-adress=a/b"],
    ],
)
def test_a_command_that_there_is_not_is_noticed(wrong: list[str]) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|is not one of|is too much|allows nothing"):
        parse(wrong)


def test_the_pages_show_commands() -> None:
    """The search above finds something: each command is shown somewhere."""
    shown = {arguments[0] for page in PAGES for arguments in commands(page)}
    assert shown >= set(COMMANDS)


@pytest.mark.parametrize("picture", PICTURES, ids=named)
def test_pictures_tell_of_no_machine_and_fetch_nothing(picture: Path) -> None:
    drawn = picture.read_text()
    assert "drift" in drawn
    assert re.findall(r"127\.0\.0\.1|/tmp|/home|/root|/Users|@import|@font-face|<image", drawn) == []
    assert any(f"images/{picture.name}" in page.read_text() for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_resolves(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{named(page)} links to {link}"
        assert not anchor or anchor in anchors(target), f"{named(page)} links to {link}"


def test_the_quick_start_is_two_commands() -> None:
    (block,) = FENCE.finditer(section(README, "Two commands"))
    assert block["body"].split("\n") == ["make demo", "make test", ""]


def test_the_readme_tells_of_every_exchange_that_is_open() -> None:
    """Each has a row of the table under the name that people write; the one page that is generated has the rest."""
    profiles = [profile for name in Profiles().names() if (profile := Profiles().get(name)) is not None]
    table = section(README, "What it does, and what it does not do yet")
    rows = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")}
    open_ones = {one.name.removesuffix(" Exchange") for one in profiles if one.retired is None}
    assert rows - {"exchange", "---"} == open_ones
    assert all(one.name in table for one in profiles if one.retired is not None)
    assert "(docs/exchanges/README.md)" in table


def test_every_command_and_option_is_documented() -> None:
    page = (DOCS / "commands.md").read_text()
    for words, command in leaves(group):
        assert f"`accesscfg {' '.join(words)}" in page
        missing = [
            name
            for option in command.params
            if isinstance(option, click.Option)
            for name in option.opts
            if name.startswith("--") and f"`{name}`" not in page
        ]
        assert missing == [], words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("concepts.md", [*FacetState, *Outcome, *Lifecycle, *Facet]),
        ("guards-and-policies.md", [*Guard]),
        ("commands.md", [0, 1, 2, 3, 4, 5, 6, 64, 65, 77, 130]),
    ],
)
def test_every_word_of_the_program_is_explained(page: str, words: list[object]) -> None:
    text = (DOCS / page).read_text()
    assert [word for word in words if f"`{word}`" not in text and f"| {word} |" not in text] == []


@pytest.mark.slow
def test_the_readme_shows_what_the_demo_prints(
    sops_bin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    assert run(None, printed.append, color=False, words=words_of) == 0

    shown = [body for kind, body in fences(README) if kind == "text"]

    today = undated("\n".join(text.removesuffix("\n") for text in printed))
    assert shown[0].startswith("$ accesscfg plan\n")
    for block in shown:
        assert undated(block.rstrip("\n")) in today
