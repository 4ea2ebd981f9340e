"""Plans, results and profiles as text, Markdown, JSON and YAML to paste. Pure functions of the model.

What came from an exchange is not trusted: control characters never reach a terminal, and Markdown shows it as
nothing but words.
"""

from __future__ import annotations

from accesscfg.report.document import apply_to_json, dumps, plan_to_json
from accesscfg.report.markdown import apply_to_markdown, plan_to_markdown, status_to_markdown
from accesscfg.report.outcome import apply_to_text
from accesscfg.report.paste import Snippet, undeclared_yaml
from accesscfg.report.status import status_to_text
from accesscfg.report.text import plan_to_text
from accesscfg.report.words import Words

__all__ = [
    "Snippet",
    "Words",
    "apply_to_json",
    "apply_to_markdown",
    "apply_to_text",
    "dumps",
    "plan_to_json",
    "plan_to_markdown",
    "plan_to_text",
    "status_to_markdown",
    "status_to_text",
    "undeclared_yaml",
]
