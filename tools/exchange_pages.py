"""Writes docs/exchanges from the profiles: `make docs-exchanges`.

Also used by tests/test_exchange_pages.py, which fails when a page says something else than its profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.profile import Profile
from accesscfg.report.providers import provider_to_markdown, providers_to_markdown

_ROOT = Path(__file__).resolve().parent.parent
FOLDER = _ROOT / "docs" / "exchanges"
_OURS = _ROOT / "accesscfg" / "exchanges"
_MADE = (
    "<!-- Made from accesscfg/exchanges/*/profile.yaml by `make docs-exchanges`; not to be edited. -->\n\n"
)


def pages() -> Mapping[str, str]:
    """The text of every page by its file name. Exchanges that other packages add have none."""
    profiles = _profiles()
    return {"README.md": _overview(profiles), **{f"{one.exchange}.md": _page(one) for one in profiles}}


def _profiles() -> list[Profile]:
    known = Profiles()
    names = sorted(path.parent.name for path in _OURS.glob("*/profile.yaml"))
    return [profile for name in names if (profile := known.get(name)) is not None]


def _overview(profiles: list[Profile]) -> str:
    return f"""{_MADE}# Exchanges

What can be seen of API keys at each exchange, and how they are changed. The same table is printed by
`accesscfg providers`, and a page by `accesscfg providers okx`, both also as JSON and Markdown. All of it comes from the
profiles that the program itself works by. Each fact names its source with a date, and says so where it is not verified.

{providers_to_markdown(profiles, pages="")}"""


def _page(profile: Profile) -> str:
    return f"{_MADE}{provider_to_markdown(profile)}\n[All exchanges](README.md)\n"


def main() -> None:
    """Write what has changed, and remove pages of exchanges that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name, text in made.items():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.relative_to(_ROOT)}")
    for file in FOLDER.glob("*.md"):
        if file.name not in made:
            file.unlink()
            print(f"removed {file.name}")


if __name__ == "__main__":
    main()
