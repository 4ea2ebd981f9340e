"""The workspace's policies as data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accesscfg.config.notes import Notes, shown
from accesscfg.config.section import Section
from accesscfg.model.desired import DesiredKey, Policies, PolicyException
from accesscfg.model.findings import Mark
from accesscfg.model.paths import KeyPath, Selector

_SELECTOR_FIELDS = ("used_by", "exchange")


def read_policies(section: Section | None, notes: Notes) -> Policies:
    """The policies of the workspace file; without them nothing is forbidden."""
    if section is None:
        return Policies()
    widest = section.part("widest_network")
    required = section.get("require_ip_whitelist")
    undeclared = section.get("undeclared_keys")
    warn = _days(section.get("warn_before_expiry"))
    return Policies(
        forbid=tuple(dict.fromkeys(name for name, _ in section.entries("forbid"))),
        require_ip_whitelist=required or "never",
        widest_v4=widest.get("v4") if widest else None,
        widest_v6=widest.get("v6") if widest else None,
        max_key_age_days=_days(section.get("max_key_age")),
        warn_before_expiry_days=14 if warn is None else warn,
        attestation_max_age_days=_days(section.get("attestation_max_age")),
        undeclared_keys=undeclared or "report",
        exceptions=tuple(_exceptions(section, notes)),
        where={name: section.name_at(name) for name in section.data},
    )


def _days(text: str | None) -> int | None:
    return None if text is None else int(text[: text.index("d")])


def read_date(text: str, where: Mark, notes: Notes) -> date | None:
    """A day of the calendar; None, with a finding, when there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        notes.error("bad_date", f"{shown(text)} is no day of the calendar", where)
        return None


def _exceptions(section: Section, notes: Notes) -> Iterable[PolicyException]:
    content = section.get("exceptions")
    for at, data in enumerate(content if isinstance(content, list) else ()):
        if isinstance(data, dict):
            exception = _exception(Section(section.document, data), section.document.at(content, at), notes)
            if exception is not None:
                yield exception


def _exception(section: Section, where: Mark, notes: Notes) -> PolicyException | None:
    policy, permission = section.get("policy"), section.get("permission")
    if permission is not None and policy not in (None, "forbid"):
        message = f"`permission` belongs to `policy: forbid`, not to {shown(policy)}"
        notes.error("bad_exception", message, section.name_at("permission"), "remove it")
    selector = _selector(section, notes)
    until_text = section.get("until")
    until = None if until_text is None else read_date(until_text, section.at("until"), notes)
    reason = section.get("reason")
    if selector is None or policy is None or reason is None or until is None:
        return None
    return PolicyException(selector, policy, permission, reason, until, where)


def _selector(section: Section, notes: Notes) -> Selector | None:
    text = section.get("key")
    if text is None:
        return None
    field, equals, value = text.partition("=")
    if equals and (field not in _SELECTOR_FIELDS or not value):
        hint = "write a glob over key paths (binance-main/*), used_by=NAME or exchange=NAME"
        notes.error("bad_selector", f"{shown(text)} selects nothing", section.at("key"), hint)
        return None
    return Selector(text)


def warn_of_idle_exceptions(policies: Policies, keys: Iterable[DesiredKey], notes: Notes) -> None:
    """An exception that selects no key is a spelling mistake or a leftover."""
    known = [(path, key.exchange, key.used_by) for key in keys for path in _names(key)]
    for exception in policies.exceptions:
        if not any(exception.key.matches(*one) for one in known):
            message = f"the exception for {shown(exception.key.text)} selects no declared key"
            notes.warning(
                "idle_exception", message, exception.where, "correct the selector, or remove the exception"
            )


def _names(key: DesiredKey) -> tuple[KeyPath, ...]:
    return (key.path,) if key.previously is None else (key.path, key.previously)
