"""What YAML's parser stumbles over, in words for somebody who does not know the parser."""

from __future__ import annotations

import re

import yaml

from accesscfg.config.notes import Notes, shown
from accesscfg.model.findings import Mark

# what YAML takes for the end of a line
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# the characters of YAML 1.1, less the byte order mark
_MAY_STAND = re.compile("[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_IPV6 = re.compile(r"::|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:")
QUOTE_IPV6 = 'quote an IPv6 address in a list in square brackets: ["2001:db8::7"]'
_SAID: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed in this context": (
        "a `:` stands where no field can begin",
        "check the indentation; quote a text that holds a colon and a blank",
    ),
    "did not find expected key": (
        "this does not fit what stands before it",
        "check the indentation and that every bracket and quote is closed",
    ),
    "did not find expected '-' indicator": (
        "this does not fit the list before it",
        "check the indentation: every entry of the list begins with - in the same column",
    ),
    "did not find expected ',' or ']'": (
        "a list in square brackets is not closed here",
        "add the comma or the ]",
    ),
    "did not find expected ',' or '}'": ("a map in braces is not closed here", "add the comma or the }"),
    "could not find expected ':'": ("a field without its `:`", "write NAME: VALUE"),
}


def note_syntax_error(error: yaml.YAMLError, text: str, file: str, notes: Notes) -> None:
    """Turn an error of the parser into a finding at its place."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        _note_unreadable(error, text, file, notes)
        return
    line, column = error.problem_mark.line, error.problem_mark.column
    where = Mark(file, line + 1, column + 1)
    lines = _BREAK.split(text)
    written = lines[line] if line < len(lines) else ""
    problem = error.problem or "it cannot be parsed"
    if problem == "found character that cannot start any token":
        _note_odd_start(written[column : column + 1], where, notes)
    elif problem in ("found unexpected ':'", "did not find expected node content") and _IPV6.search(written):
        notes.error("yaml", "YAML does not read this as an address", where, QUOTE_IPV6)
    elif problem == "found unexpected end of stream":
        begun = error.context_mark
        at = "" if begun is None else f" (line {begun.line + 1}, column {begun.column + 1})"
        notes.error("yaml", f"the quotes opened before{at} are not closed", where)
    elif problem in _SAID:
        words, hint = _SAID[problem]
        notes.error("yaml", words, where, hint)
    else:
        context = f" {error.context}" if error.context else ""
        notes.error("yaml", f"not YAML: {problem}{context}", where)


def _note_odd_start(character: str, where: Mark, notes: Notes) -> None:
    if character == "\t":
        notes.error("tab", "a tab where YAML wants blanks", where, "indent with blanks, two for each level")
    else:
        notes.error("yaml", f"a text cannot begin with {shown(character)}", where, "put it in quotes")


def _note_unreadable(error: yaml.YAMLError, text: str, file: str, notes: Notes) -> None:
    """A character that YAML does not take; the parser gives no line for it."""
    stop = _MAY_STAND.match(text)
    at = 0 if stop is None else stop.end()
    before = _BREAK.split(text[:at])
    where = Mark(file, len(before), len(before[-1]) + 1)
    notes.error("yaml", f"the character {shown(text[at : at + 1])} cannot stand in YAML", where, "remove it")
