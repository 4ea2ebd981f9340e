"""What each exchange can do, from the profiles alone: an overview of all, and one in full, as text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accesscfg.model.desired import Scope
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Profile, Reading, Writing
from accesscfg.report.clean import markdown, markdown_code
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.providers_keys import probed, writings
from accesscfg.report.providers_sections import sections
from accesscfg.report.providers_sheet import SCOPES, Cell, Code, Grid, Items, Part
from accesscfg.report.words import count, listing

_SEEN: Mapping[Reading, str] = {"full": "seen", "flag": "flag", "no": "unseen"}
_CHANGED: Mapping[Writing, str] = {"api": "API", "manual": "site"}
_COLUMNS: Sequence[tuple[Scope, Facet, str]] = tuple(
    (scope, facet, title)
    for scope in SCOPES
    for facet, title in ((Facet.PERMISSIONS, "permissions"), (Facet.IP_WHITELIST, "IP whitelist"))
)
_WORDS: Sequence[tuple[str, str]] = (
    ("seen", "the API shows it whole"),
    ("flag", "the API shows only whether there is a restriction, not by which addresses"),
    ("probed", "not shown; some of it is found out by harmless calls, the rest a person has to look at"),
    ("unseen", "not shown: a person has to look, and attest what is there"),
    ("API", "changed by API"),
    ("site", "changed on the website, for which there is a guide"),
    ("API/site", "some permissions by API, others on the website"),
    ("?", "no official document says so"),
)
_NOTHING = "nothing can be asked: guided on the website, and attested"


def row(profile: Profile) -> tuple[str, ...]:
    """The four cells of the overview, or one sentence where there is nothing to tell apart."""
    if profile.retired:
        return (f"retired: {profile.retired}",)
    if not profile.reads:
        return (_NOTHING,)
    return tuple(_cell(profile, scope, facet) for scope, facet, _ in _COLUMNS)


def _cell(profile: Profile, scope: Scope, facet: Facet) -> str:
    rule = profile.facets.get(scope, {}).get(facet)
    if rule is None or rule.read == "no_such_thing":
        return "-"
    seen = "probed" if probed(profile, scope, facet) else _SEEN[rule.read]
    changed = "/".join(_CHANGED[way] for way in writings(profile, scope, facet) if way != "no")
    doubt = "" if rule.source is None or rule.source.verified else " ?"
    return (f"{seen}, {changed}" if changed else seen) + doubt


def _explained(profiles: Sequence[Profile]) -> Iterator[tuple[str, str]]:
    """The words that the overview uses."""
    used = {part for one in profiles for cell in row(one) for part in cell.replace(" ?", ", ?").split(", ")}
    return ((word, meaning) for word, meaning in _WORDS if word in used)


def providers_to_text(profiles: Sequence[Profile], *, width: int = WIDTH, color: bool = False) -> str:
    """One line an exchange: what is shown of its keys, and how it is changed. Fits 80 columns."""
    page = Page(width, color=color)
    rows = [(one, row(one)) for one in profiles]
    name = max([len("exchange"), *(len(one.exchange) for one in profiles)])
    wide = [len(title) for _, _, title in _COLUMNS]
    for _, cells in rows:
        if len(cells) == len(wide):
            wide = [max(had, len(cell)) for had, cell in zip(wide, cells, strict=True)]
    if name + sum(wide) + 2 * len(wide) > width:
        _write_blocks(page, rows)
    else:
        page.line(
            f"{'':<{name}}  {'own keys':<{wide[0] + 2 + wide[1]}}  {'keys of sub-accounts'}", Style.FAINT
        )
        page.line(_aligned("exchange", [title for _, _, title in _COLUMNS], name, wide), Style.FAINT)
        for one, cells in rows:
            if len(cells) == len(wide):
                page.line(_aligned(one.exchange, cells, name, wide))
            else:
                page.item(f"{one.exchange:<{name}}  ", cells[0])
    page.gap()
    for word, meaning in _explained(profiles):
        page.item(f"{word:<8}  ", meaning)
    page.gap()
    page.item("", f"{count(len(profiles), 'exchange')}; `accesscfg providers NAME` tells all about one.")
    return page.text()


def _aligned(name: str, cells: Sequence[str], first: int, wide: Sequence[int]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, wide, strict=True))
    return "  ".join([f"{name:<{first}}", *padded]).rstrip()


def _write_blocks(page: Page, rows: Sequence[tuple[Profile, Sequence[str]]]) -> None:
    """The table for a terminal that is too narrow for it: its columns below each other."""
    titles = [title if scope == "own" else f"sub: {title}" for scope, _, title in _COLUMNS]
    widest = max(map(len, titles))
    for one, cells in rows:
        page.line(one.exchange, Style.STRONG)
        if len(cells) != len(titles):
            page.item("  ", cells[0])
            continue
        for title, cell in zip(titles, cells, strict=True):
            page.line(f"  {title:<{widest}}  {cell}")


def providers_to_markdown(profiles: Sequence[Profile], *, pages: str | None = None) -> str:
    """The overview as a table; `pages` is the way to the folder with a page for each, to which its name leads."""
    heads = [f"{title} of {SCOPES[scope]}" for scope, _, title in _COLUMNS]
    lines = [_row("exchange", *heads, "checked"), _row(*["---"] * (len(heads) + 2))]
    for one in profiles:
        name = markdown(one.name) if pages is None else f"[{markdown(one.name)}]({pages}{one.exchange}.md)"
        cells = [markdown(cell) for cell in row(one)]
        cells += [""] * (len(heads) - len(cells))
        lines.append(_row(name, *cells, one.checked))
    words = [f"- **{word}**: {meaning}" for word, meaning in _explained(profiles)]
    return "\n".join([*lines, "", *words]) + "\n"


def provider_to_text(profile: Profile, *, width: int = WIDTH, color: bool = False) -> str:
    """Everything known about one exchange."""
    page = Page(width, color=color)
    page.pieces(
        (profile.name, Style.STRONG), (f"  {profile.exchange}, checked {profile.checked}", Style.FAINT)
    )
    if profile.retired:
        page.item("Retired: ", profile.retired, Style.BAD)
    for section in sections(profile):
        page.gap()
        page.line(section.title, Style.STRONG)
        for part in section.parts:
            _write_part(page, part, width)
    return page.text()


def _write_part(page: Page, part: Part, width: int) -> None:
    if isinstance(part, str | tuple):
        page.item("  ", part if isinstance(part, str) else " ".join(map(str, part)))
    elif isinstance(part, Items):
        wide = len(str(len(part.texts)))
        for number, text in enumerate(part.texts, 1):
            page.item(f"  {number:>{wide}}. " if part.numbered else "  - ", text)
    else:
        _write_grid(page, part, width)


def _write_grid(page: Page, grid: Grid, width: int) -> None:
    """In columns where the last one keeps some room, else a paragraph for each row."""
    *columns, _ = zip(grid.head, *grid.rows, strict=True)
    wide = [max(len(str(cell)) for cell in column) for column in columns]
    left = sum(wide) + 2 * len(wide) + 2
    if width - left < 30:
        for first, *rest in grid.rows:
            told = [f"{said}{cell}" for said, cell in zip(grid.said[1:], rest, strict=True) if str(cell)]
            page.item("  - ", "; ".join([str(first), *told]).replace("; [", " ["))
        return
    page.line(
        "  " + _aligned(grid.head[0], grid.head[1:], wide[0] if wide else 0, [*wide[1:], 0]), Style.FAINT
    )
    for cells in grid.rows:
        lead = "".join(f"{cell!s:<{width}}  " for cell, width in zip(cells, wide, strict=False))
        page.item(f"  {lead}", str(cells[-1]))


def provider_to_markdown(profile: Profile, *, title: str = "#") -> str:
    """The same as a page; `title` is the level of its heading."""
    lines = [f"{title} {markdown(profile.name)}", "", f"Declared as `exchange: {profile.exchange}`. "]
    lines[-1] += f"The facts were last looked through on {profile.checked}."
    if profile.retired:
        lines += ["", f"**Retired:** {markdown(profile.retired)}."]
    for section in sections(profile):
        lines += ["", f"{title}# {markdown(section.title)}"]
        for part in section.parts:
            lines += ["", *_markdown_part(part)]
    return "\n".join(lines) + "\n"


def _markdown_part(part: Part) -> list[str]:
    if isinstance(part, str | tuple):
        return [markdown(part) if isinstance(part, str) else " ".join(map(_markdown_cell, part))]
    if isinstance(part, Items):
        return [
            f"{number}. {markdown(text)}" if part.numbered else f"- {markdown(text)}"
            for number, text in enumerate(part.texts, 1)
        ]
    rows = [_row(*map(_markdown_cell, cells)) for cells in part.rows]
    return [_row(*part.head), _row(*["---"] * len(part.head)), *rows]


def _markdown_cell(cell: Cell) -> str:
    return listing(map(markdown_code, cell.texts)) if isinstance(cell, Code) else markdown(cell)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
