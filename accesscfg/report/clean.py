"""Make text that others wrote safe to show: labels, native names and error words come from exchanges."""

from __future__ import annotations

import re

# CSI and OSC sequences and two-character escapes of ECMA-48, with ESC or its 8-bit forms
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKDOWN = re.compile(
    r"[\\`*_\[\]|~$]"  # emphasis, code, links, tables, mathematics
    r"|:(?=//)|(?<=www)\."  # what turns into a link by itself
    r"|^(?:[#+=-]|\d+[.)](?=\s|$))",  # what opens a heading or a list
    re.IGNORECASE,
)
# what GitHub or GitLab turns into a mention or a reference when a word follows; escaping does not prevent it
_REFERENCES = re.compile(r"([@#!~%$])(?=[\w\"])")
_ZERO_WIDTH_SPACE = "\u200b"


def plain(text: str) -> str:
    """One line without control characters, escape sequences, invisible or direction-changing characters."""
    if text.isprintable():
        return text
    stripped = _ESCAPES.sub("", text)
    return "".join(" " if one.isspace() else one for one in stripped if one.isspace() or one.isprintable())


def plain_lines(text: str) -> str:
    """The same for text of several lines, which stay lines."""
    return "\n".join(plain(line) for line in text.split("\n"))


def html(text: str) -> str:
    """One line of text inside an HTML element, such as a summary; no mention or reference."""
    return _REFERENCES.sub(rf"\1{_ZERO_WIDTH_SPACE}", plain(text)).translate(_HTML)


def markdown(text: str) -> str:
    """One line of Markdown that shows just the text: no markup, HTML, link, mention or reference."""
    escaped = _MARKDOWN.sub(_escaped, plain(text).strip())
    return _REFERENCES.sub(rf"\1{_ZERO_WIDTH_SPACE}", escaped).translate(_HTML)


def _escaped(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\{found[0][-1]}"


def markdown_code(text: str) -> str:
    """The text as a Markdown code span; for table cells as well, as bars are replaced."""
    inner = plain(text).replace("|", "¦")
    longest = max((len(run) for run in re.findall("`+", inner)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if inner[:1] in ("`", "") or inner[-1:] == "`" else ""
    return f"{fence}{pad}{inner}{pad}{fence}"
