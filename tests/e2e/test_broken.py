"""Broken workspaces: whatever is wrong is said in words, with its place, and never as a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import DECLARATION, Desk

pytestmark = pytest.mark.slow

Edit = Callable[[str], str | bytes]
PLACE = r"exchanges\.yaml:\d+:\d+: error: "


def with_key(text: str) -> Edit:
    """The declaration with one more key of the Bybit account."""
    line = "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n"
    return lambda declaration: declaration.replace(line, f"{line}      odd: {text}\n")


def key(**fields: str) -> Edit:
    """The same, with some fields other than usual."""
    usual = {"permissions": "[read]", "ip_whitelist": "[203.0.113.10]", **fields}
    return with_key("{" + ", ".join(f"{name}: {text}" for name, text in usual.items()) + "}")


def bombs() -> str:
    """Aliases that grow to a billion entries."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(["version: 1", "a0: &a0 [x]", *rows])


BROKEN: dict[str, tuple[Edit, str]] = {
    "empty": (lambda _: "", "exchanges.yaml:1:1: "),
    "no YAML": (lambda _: "version: [1", PLACE),
    "a tab": (lambda text: text.replace("    exchange: okx", "\texchange: okx"), PLACE + ".*tab"),
    "a list": (lambda _: "- 1\n", PLACE),
    "a scalar": (lambda _: "hello", PLACE),
    "binary": (lambda _: bytes(range(256)), PLACE),
    "null bytes": (lambda _: "version: 1\0", PLACE),
    "Latin-1": (lambda text: text.replace("Gridbot", "Gridböt").encode("latin-1"), PLACE + ".*UTF-8"),
    "two documents": (lambda text: f"{text}---\n{text}", PLACE),
    "an alias bomb": (lambda _: bombs(), PLACE),
    "deep nesting": (lambda _: "version: 1\nexchanges: " + "[" * 20_000, PLACE),
    "deep maps": (lambda _: "version: 1\nexchanges: " + "{a: " * 20_000, PLACE),
    "50 MB": (lambda text: text + "#" * 50_000_000, PLACE + ".*larger than 10 MB"),
    "a field twice": (lambda text: text + "version: 1\n", PLACE),
    "a python object": (lambda _: "!!python/object/apply:os.system [touch pwned]", PLACE),
    "an unknown version": (lambda text: text.replace("version: 1", "version: 2"), PLACE),
    "no version": (lambda text: text.replace("version: 1\n", ""), PLACE),
    "an unknown field": (lambda text: text + "exchnages: {}\n", PLACE + ".*did you mean"),
    "an unknown exchange": (lambda text: text.replace("exchange: okx", "exchange: okex"), PLACE + ".*okx"),
    "a number as a name": (lambda text: text.replace("okx-desk:", "0123_encrypted:"), PLACE),
    "a missing pool": (lambda text: text.replace("[pool:cluster]", "[pool:clutser]"), PLACE + ".*cluster"),
    "a pool outside": (lambda text: text.replace("pools/cluster.txt", "../../etc/passwd"), PLACE),
    "a pool that is a folder": (lambda text: text.replace("pools/cluster.txt", "pools"), PLACE),
    "a pool that is not there": (lambda text: text.replace("cluster.txt", "clusters.txt"), PLACE),
    "a manager that is not there": (lambda text: text.replace("managed_by: manager", "managed_by: x"), PLACE),
    "an unknown policy": (lambda text: text.replace("require_ip_whitelist", "require_whitelist"), PLACE),
    "permissions as text": (key(permissions="read"), PLACE),
    "a permission that there is not": (key(permissions="[raed]"), PLACE + ".*read"),
    "a right that reaches further": (key(permissions="[read, subaccounts]"), PLACE),
    "no whitelist": (with_key("{permissions: [read]}"), PLACE),
    "an empty whitelist": (key(ip_whitelist="[]"), PLACE + ".*unrestricted"),
    "an address that is none": (key(ip_whitelist="[203.0.113.256]"), PLACE),
    "a zone": (key(ip_whitelist='["fe80::1%eth0"]'), PLACE),
    "an unquoted IPv6": (key(ip_whitelist="[2001:db8::7]"), PLACE + ".*"),
    "everything": (key(ip_whitelist="[0.0.0.0/0]"), PLACE),
    "host bits": (key(ip_whitelist="[203.0.113.10/24]"), PLACE),
    "an address twice": (key(ip_whitelist="[203.0.113.10, 203.0.113.10]"), PLACE),
    "a date that is none": (key(expires="2027-02-30"), PLACE),
    "held as text": (key(held="maybe"), PLACE),
    "both list and app": (key(app="Gridbot"), PLACE),
    "an include outside": (lambda text: text + "include: [../*.yaml]\n", PLACE),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_declaration(desk: Desk, name: str) -> None:
    edit, said = BROKEN[name]
    content = edit(DECLARATION)
    assert content != DECLARATION
    desk.file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = desk.run("validate")
    assert ran.code == 65, ran
    assert re.search(said, ran.out, re.DOTALL), ran.out
    assert ran.err == ""
    assert len(ran.out) < 20_000
    assert not (desk.folder / "pwned").exists()


@pytest.mark.parametrize("name", ["no YAML", "binary", "an unknown exchange", "a missing pool"])
def test_commands_that_need_it_say_the_same_on_standard_error(desk: Desk, here: Run, name: str) -> None:
    content = BROKEN[name][0](DECLARATION)
    desk.file.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = here(desk, "validate").out.splitlines()[:-1]
    for argv in (["plan"], ["apply", "--auto-approve"], ["secrets", "check"]):
        ran = here(desk, *argv)
        assert (ran.code, ran.out) == (65, "")
        assert ran.err.splitlines()[: len(said)] == said


def test_all_mistakes_are_told_at_once(desk: Desk, here: Run) -> None:
    desk.declare("exchange: okx", "exchange: okex")
    desk.declare("[read, transfer]", "[raed, transfer]")
    desk.declare("require_ip_whitelist: trading", "require_ip_whitelist: sometimes")
    ran = here(desk, "validate")
    assert ran.out.count(": error: ") >= 3
    found = [int(line) for line in re.findall(r"exchanges\.yaml:(\d+):\d+: error", ran.out)]
    assert found == sorted(found)


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(desk: Desk, here: Run) -> None:
    desk.file.write_bytes(b"\xef\xbb\xbf" + DECLARATION.replace("\n", "\r\n").encode())
    assert here(desk, "validate").code == 0


@pytest.mark.parametrize("what", ["folder", "dangling", "loop", "fifo"])
def test_a_declaration_that_is_no_file(desk: Desk, what: str) -> None:
    import os

    desk.file.unlink()
    if what == "folder":
        desk.file.mkdir()
    elif what == "fifo":
        os.mkfifo(desk.file)
    else:
        desk.file.symlink_to("nowhere.yaml" if what == "dangling" else "exchanges.yaml")
    ran = desk.run("validate")
    assert ran.code in (64, 65), ran
    assert "exchanges.yaml" in ran.out + ran.err
    assert "bug" not in ran.err


# -- secrets files -------------------------------------------------------------------------------------------------


def damage_file(desk: Desk, content: bytes) -> Path:
    """A secrets file with other content."""
    file = desk.folder / "secrets" / "okx-desk.sops.yaml"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[", b"- 1\n", b"version: 1\nkeys: {}\n", b"keys: " + b"[" * 10_000, b"<<<<<<< a\n"],
    ids=["empty", "binary", "no YAML", "a list", "in plain text", "deep", "a merge conflict"],
)
def test_a_broken_secrets_file_makes_its_keys_unknown(desk: Desk, here: Run, content: bytes) -> None:
    file = damage_file(desk, content)
    plan = here(desk, "plan")
    assert plan.code == 3
    assert "16 facets in sync, 2 consistent, 6 unknown" in plan.out
    check = here(desk, "secrets", "check")
    assert check.code == 65
    assert re.search(r"okx-desk\.sops\.yaml(:\d+:\d+)?: error", check.out)
    for argv in (["secrets", "list"], ["secrets", "set", "okx-desk/manager", "--stdin"]):
        ran = here(desk, *argv, given='{"api_key": "k", "api_secret": "s", "passphrase": "p"}')
        assert ran.code in (0, 77)
        assert file.read_bytes() == content


def test_an_entry_in_two_files_makes_its_key_unknown(desk: Desk, here: Run) -> None:
    file = desk.folder / "secrets" / "okx-desk.sops.yaml"
    (desk.folder / "secrets" / "copy.sops.yaml").write_text(file.read_text())
    ran = here(desk, "plan")
    assert ran.code == 3
    assert "stands in two files" in ran.out
    assert "6 unknown" in ran.out


def test_no_secrets_file_at_all(desk: Desk, here: Run) -> None:
    for file in (desk.folder / "secrets").iterdir():
        file.unlink()
    ran = here(desk, "plan")
    assert ran.code in (3, 77)
    assert "accesscfg secrets set" in ran.out + ran.err


# -- the local folder ----------------------------------------------------------------------------------------------


def test_a_local_folder_that_cannot_be_made(desk: Desk, here: Run) -> None:
    (desk.folder / ".accesscfg").write_text("")
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 1
    assert ".accesscfg" in ran.err
    assert desk.writes() == []


def test_a_trail_that_cannot_be_written(desk: Desk, here: Run) -> None:
    desk.click("bybit-fund/grid-1/bot", ip_whitelist=["203.0.113.10", "203.0.113.11", "198.51.100.9"])
    desk.trail.mkdir(parents=True)
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 1
    assert "the audit trail cannot be written" in ran.err
    assert desk.writes() == []


def test_a_lock_that_cannot_be_made(desk: Desk, here: Run) -> None:
    (desk.folder / ".accesscfg" / "lock").mkdir(parents=True)
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 1
    assert "the lock cannot be made" in ran.err
