"""Make a Markdown document fit by dropping detail in a stated order; what was dropped is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# GitHub takes comments of up to 65,536 characters; counted here in bytes of UTF-8, which are never fewer
LIMIT = 65_000
_LONGEST_ITEM = 600


@dataclass(frozen=True, slots=True)
class MustList:
    """A list that is never dropped: its title with the count stays, and as many items as fit."""

    title: str
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it fits.

    `parts` are in document order; each has its renderings, the fullest first. `ladder` says what gives way,
    first things first: a part that moves to its next rendering, and in words what that leaves out.
    """

    head: str
    must: Sequence[MustList]
    parts: Mapping[str, Sequence[str]]
    ladder: Sequence[tuple[str, str]]


def fit(draft: Draft) -> str:
    """The document within LIMIT bytes."""
    chosen = dict.fromkeys(draft.parts, 0)
    dropped: list[str] = []
    whole = [_listed(one, len(one.items)) for one in draft.must]
    text = _assemble(draft, whole, chosen, dropped)
    for part, words in draft.ladder:
        if _size(text) <= LIMIT:
            return text
        renderings = draft.parts[part]
        changed = renderings[chosen[part]] != renderings[chosen[part] + 1]
        chosen[part] += 1
        if changed:
            dropped.append(words)
            text = _assemble(draft, whole, chosen, dropped)
    if _size(text) <= LIMIT:
        return text
    bare = _assemble(draft, [""] * len(draft.must), chosen, [*dropped, "some of the lists' items"])
    return _assemble(
        draft, _shares(draft.must, LIMIT - _size(bare)), chosen, [*dropped, "some of the lists' items"]
    )


def _shares(lists: Sequence[MustList], room: int) -> list[str]:
    """Each list with as many items as its share of the room holds; what one leaves the next may use."""
    texts = []
    for place, one in enumerate(lists):
        share = room // (len(lists) - place)
        kept = 0
        used = _size(_listed(one, 0)) + 2
        while kept < len(one.items) and used + _size(_item(one.items[kept])) <= share:
            used += _size(_item(one.items[kept]))
            kept += 1
        texts.append(_listed(one, kept))
        room -= _size(texts[-1]) + 2
    return texts


def _listed(one: MustList, kept: int) -> str:
    if not one.items:
        return ""
    lines = [f"**{one.title} ({len(one.items):,})**\n\n", *(_item(item) for item in one.items[:kept])]
    if kept < len(one.items):
        lines.append(f"- and {len(one.items) - kept:,} more\n")
    return "".join(lines)


def _item(item: str) -> str:
    return f"- {item}\n"


def shortened(text: str) -> str:
    """A sentence of bounded length; to be called before escaping."""
    return text if len(text) <= _LONGEST_ITEM else text[: _LONGEST_ITEM - 1] + "…"


def _assemble(draft: Draft, lists: Sequence[str], chosen: Mapping[str, int], dropped: Sequence[str]) -> str:
    said = f"_Left out to fit: {'; '.join(dropped)}._\n" if dropped else ""
    parts = [draft.parts[name][rendering] for name, rendering in chosen.items()]
    return "\n".join(text for text in (draft.head, *lists, *parts, said) if text)


def _size(text: str) -> int:
    return len(text.encode())
