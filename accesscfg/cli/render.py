"""Which renderer a command's --format means."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TextIO

from accesscfg.cli.context import Settings
from accesscfg.cli.output import wants_color, width_of
from accesscfg.model.findings import Finding
from accesscfg.model.plan import ApplyResult, Plan
from accesscfg.report import Words
from accesscfg.report.clean import plain
from accesscfg.report.document import apply_to_json, dumps, finding_to_json, plan_to_json
from accesscfg.report.words import count


def render_plan(
    plan: Plan,
    words: Words,
    form: str,
    settings: Settings,
    stream: TextIO | None = None,
    *,
    website: bool = True,
) -> str:
    """A plan in the form asked for, as the stream (standard output) takes it."""
    from accesscfg.report import plan_to_markdown, plan_to_text

    if form == "json":
        return dumps(plan_to_json(plan))
    if form == "markdown":
        return plan_to_markdown(plan, words)
    stream = stream or sys.stdout
    color = wants_color(settings, stream)
    return plan_to_text(plan, words, width=width_of(stream), color=color, website=website)


def render_status(plan: Plan, words: Words, form: str, settings: Settings) -> str:
    """The state of each key in the form asked for."""
    from accesscfg.report import status_to_markdown, status_to_text

    if form == "json":
        return dumps(plan_to_json(plan))
    if form == "markdown":
        return status_to_markdown(plan, words)
    return status_to_text(plan, words, width=width_of(sys.stdout), color=wants_color(settings, sys.stdout))


def render_apply(result: ApplyResult, words: Words, form: str, settings: Settings) -> str:
    """The result of an apply in the form asked for."""
    from accesscfg.report import apply_to_markdown, apply_to_text

    if form == "json":
        return dumps(apply_to_json(result))
    if form == "markdown":
        return apply_to_markdown(result, words)
    return apply_to_text(result, words, width=width_of(sys.stdout), color=wants_color(settings, sys.stdout))


def render_findings(findings: Sequence[Finding], form: str, clean: str) -> str:
    """Findings one a line with their counts, or as JSON; `clean` is said when there is no error."""
    errors = sum(1 for finding in findings if finding.severity == "error")
    if form == "json":
        document = {"valid": not errors, "findings": [finding_to_json(finding) for finding in findings]}
        return json.dumps(document, indent=2) + "\n"
    lines = [plain(str(finding)) for finding in findings]
    counts = f"{count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    lines.append(counts if errors else f"{clean}; {counts}" if findings else clean)
    return "\n".join(lines) + "\n"


def findings_exit_code(findings: Sequence[Finding]) -> int:
    """65 for a declaration that is not valid, else 4 for a broken policy, else 0."""
    kinds = {finding.kind for finding in findings if finding.severity == "error"}
    if "declaration" in kinds:
        return 65
    return 4 if "policy" in kinds else 0
