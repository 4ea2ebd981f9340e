"""The file of attestations: read with every mistake at its place, written whole or not at all, its comments kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accesscfg.config.attestations import attestations_in, read_attestations
from accesscfg.config.attestations_edit import edited
from accesscfg.config.attestations_write import write_attestations
from accesscfg.config.notes import Notes
from accesscfg.model.attestation import Attestation
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration
from accesscfg.model.observed import Facet
from accesscfg.resources import schema_path
from tests.config.workspaces import unmarked

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PRINT = "id:" + "0" * 32
HASH = "sha256:" + "1" * 64
BOT = Attestation(
    "main/bot",
    Facet.IP_WHITELIST,
    ("203.0.113.10", "2001:db8::7"),
    PRINT,
    HASH,
    "Alice",
    datetime(2026, 11, 20, 9, 15, tzinfo=UTC),
    "ticket 7: done",
)
LABEL = replace(BOT, facet=Facet.LABEL, says="My bot", note=None)


def text_of(body: str) -> str:
    """A file with the fields of one whole entry; what `body` gives replaces them."""
    fields = {
        "key": "main/bot",
        "facet": "label",
        "says": "bot",
        "fingerprint": PRINT,
        "hash": HASH,
        "by": "Alice",
        "at": "2026-11-20T09:15:00Z",
    }
    given_names = [line.partition(":")[0].replace("§", "").strip() for line in body.splitlines()]
    rest = [f"{name}: {value}" for name, value in fields.items() if name not in given_names]
    lines = [*body.splitlines(), *rest]
    return "version: 1\nattestations:\n  - " + "\n    ".join(lines) + "\n"


def read(text: str) -> tuple[tuple[Attestation, ...], Notes]:
    notes = Notes()
    return attestations_in(text, "attestations.yaml", NOW, notes), notes


def unplaced(entries: tuple[Attestation, ...]) -> list[Attestation]:
    return [replace(one, where=None) for one in entries]


# -- reading ---------------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, str, str]] = {
    "an unknown field": (text_of("§who: me"), "unknown_field", "`who`"),
    "an unknown facet": (text_of("facet: §whitelist"), "bad_value", "ip_whitelist"),
    "no path": (text_of("key: §bot"), "bad_value", "account/key"),
    "a day that there is not": (text_of("at: §2026-02-30T09:15:00Z"), "bad_date", "no time that there is"),
    "a date in another form": (text_of("at: §21.11.2026"), "bad_value", "2026-11-21T09:15:00Z"),
    "the future": (text_of("at: §2026-11-21T13:15:00Z"), "future_date", "in the future"),
    "a hash that is none": (text_of("hash: §sha256:xyz"), "bad_value", "64 small hex digits"),
    "a fingerprint that is none": (text_of("fingerprint: §me"), "bad_value", "no-id:"),
    "a missing field": (
        text_of("by: x").replace("    by: x\n", "").replace("- by: x\n    ", "- §"),
        "missing_field",
        "by",
    ),
    "a name without end": (text_of("by: §" + "x" * 201), "too_long", "200 characters"),
    "no version": ("§attestations: []\n", "missing_field", "version"),
    "another version": ("version: §2\nattestations: []\n", "bad_value", "`2`"),
    "a hidden character": (text_of('by: §"Al\\u200Bice"'), "hidden_character", "nobody who reviews"),
    "nothing at all": ("§", "empty", "empty"),
    "no YAML": ("version: 1\nattestations: §{\n", "yaml", ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_place(case: str) -> None:
    marked, code, words = WRONG[case]
    text, places = unmarked(marked, "attestations.yaml")
    _, notes = read(text)
    found = notes.by_place()
    assert [one.code for one in found] == [code], found
    assert words in f"{found[0].message} {found[0].hint}"
    if code != "yaml":
        assert [one.where for one in found] == places, found


def test_an_entry_that_stands_twice_names_the_first() -> None:
    text = edited("", [BOT], ())
    entry = text[text.index("  - key") :]
    _, notes = read(text + entry)
    (found,) = notes.by_place()
    assert found.code == "attested_twice"
    assert "ip_whitelist of main/bot is attested twice; first at attestations.yaml:5:5" in found.message


@pytest.mark.parametrize(
    "side", ["<<<<<<< HEAD", "=======", "=======\r", ">>>>>>> 1234567 (by Bob)", "||||||| base"]
)
def test_a_merge_conflict_is_named_as_such(side: str) -> None:
    _, notes = read(edited("", [BOT], ()) + side + "\n")
    (found,) = notes.by_place()
    assert found.code == "merge_conflict"
    assert str(found.where) == "attestations.yaml:15:1"
    assert "the later one" in str(found.hint)


def test_clocks_may_be_a_little_apart() -> None:
    ahead = f"{NOW + timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"
    entries, notes = read(text_of(f"at: {ahead}"))
    assert len(entries) == 1
    assert not notes.failed


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert read_attestations(tmp_path / "attestations.yaml", tmp_path, NOW) == ()


def test_a_link_out_of_the_workspace_is_neither_read_nor_written(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    outside = tmp_path / "outside.yaml"
    outside.write_text("version: 1\n")
    (root / "attestations.yaml").symlink_to(outside)

    with pytest.raises(InvalidDeclaration) as read_error:
        read_attestations(root / "attestations.yaml", root, NOW)
    assert read_error.value.findings[0].code == "outside"
    with pytest.raises(AccesscfgError, match="lead out of the workspace"):
        write_attestations(root / "attestations.yaml", root, [BOT], (), NOW)
    assert outside.read_text() == "version: 1\n"


def test_the_schema_describes_every_field_and_allows_what_is_documented() -> None:
    schema = json.loads(schema_path("attestations").read_text())
    Draft202012Validator.check_schema(schema)
    page = (Path(__file__).parents[2] / "docs" / "workspace.md").read_text()
    section = page[page.index("\n## Attestations\n") :]
    example = section.partition("```yaml\n")[2].partition("```")[0]
    entries, notes = read(example)

    assert notes.by_place() == ()
    assert [one.by for one in entries] == ["Alice"]
    fields = schema["$defs"]["attestation"]["properties"]
    assert [name for name in fields if f"| `{name}` |" not in section] == []
    assert all(field["description"].endswith(".") for field in fields.values())


# -- putting entries into the text -----------------------------------------------------------------------------------

WRITTEN = f"""\
# our keys
version: 1
attestations:   # by hand
  # Bob looked too
  - key: main/bot      # the grid
    facet: label
    says: old
    # inside
    fingerprint: {PRINT}
    hash: {HASH}
    by: "Bob: the other"
    at: 2026-11-01T00:00:00Z

  # the other
  - {{key: main/other, facet: label, says: x, fingerprint: {PRINT}, hash: "{HASH}",
     by: Al, at: 2026-11-01T00:00:00Z}}
# the end
"""


def test_an_entry_takes_the_place_of_the_one_before_it_and_comments_stay() -> None:
    text = edited(WRITTEN, [LABEL], {(LABEL.key, LABEL.facet)})
    assert text == WRITTEN.replace(
        WRITTEN[WRITTEN.index("  - key: main/bot") : WRITTEN.index("\n  # the other")],
        "  # the grid\n"
        "  # inside\n"
        "  - key: main/bot\n"
        "    facet: label\n"
        "    says: My bot\n"
        f"    fingerprint: {PRINT}\n"
        f"    hash: {HASH}\n"
        "    by: Alice\n"
        "    at: 2026-11-20T09:15:00Z\n",
    )


def test_a_new_entry_comes_last_and_nothing_else_changes() -> None:
    text = edited(WRITTEN, [BOT], {(BOT.key, BOT.facet)})
    before, after = text.split("  - key: main/bot\n    facet: ip_whitelist")
    assert before + after[after.index("# the end") :] == WRITTEN
    assert '      - "2001:db8::7"\n' in after
    assert '    note: "ticket 7: done"\n' in after


@pytest.mark.parametrize(
    "start",
    ["version: 1\n", "version: 1", "version: 1\nattestations: []\n", "version: 1\nattestations: [] # none\n"],
)
def test_the_first_entry_begins_the_list(start: str) -> None:
    entries, notes = read(edited(start, [BOT], ()))
    assert notes.by_place() == ()
    assert unplaced(entries) == [BOT]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{version: 1}\n", "without braces"),
        (
            f"version: 1\nattestations: [{{key: a/b, facet: label, says: x, fingerprint: '{PRINT}', hash: '{HASH}',"
            " by: x, at: 2026-11-01T00:00:00Z}]\n",
            "without square brackets",
        ),
    ],
)
def test_a_form_that_is_not_edited_is_left_as_it_was_and_said(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "attestations.yaml"
    file.write_text(text)
    with pytest.raises(AccesscfgError, match="cannot be added to") as error:
        write_attestations(file, tmp_path, [BOT], (), NOW)
    assert what in str(error.value.fix)
    assert file.read_text() == text


words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda text: text.isprintable() and text.strip() == text)
slots = st.tuples(st.sampled_from(["main/a", "main/b", "main/sub/c"]), st.sampled_from(Facet))


@st.composite
def statements(draw: st.DrawFn) -> list[Attestation]:
    """Entries about different facets of one key."""
    key = draw(st.sampled_from(["main/a", "main/b", "main/sub/c"]))
    says = st.one_of(words, st.lists(words, max_size=3).map(tuple))
    return [
        replace(BOT, key=key, facet=facet, says=draw(says), by=draw(words), note=draw(st.none() | words))
        for facet in draw(st.lists(st.sampled_from(Facet), min_size=1, max_size=3, unique=True))
    ]


@given(st.lists(statements(), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_recorded_in_turn_is_what_the_file_then_holds(
    turns: list[list[Attestation]], end: str
) -> None:
    text, held = f"# head{end}version: 1{end}", dict[tuple[str, Facet], Attestation]()
    for new in turns:
        text = edited(text, new, {(one.key, one.facet) for one in new})
        held |= {(one.key, one.facet): one for one in new}
    entries, notes = read(text)

    assert notes.by_place() == ()
    assert {(one.key, one.facet): one for one in unplaced(entries)} == held
    assert text.count(end) == text.count("\n")
    assert text.startswith("# head")


# -- the file --------------------------------------------------------------------------------------------------------


def test_the_file_keeps_its_mode_and_a_link_inside_the_workspace_stays_one(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    target = tmp_path / "kept" / "ours.yaml"
    target.write_text("version: 1\n")
    target.chmod(0o640)
    file = tmp_path / "attestations.yaml"
    file.symlink_to(target)
    write_attestations(file, tmp_path, [BOT], (), NOW)

    assert file.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert unplaced(read_attestations(file, tmp_path, NOW)) == [BOT]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["attestations.yaml", "kept", "ours.yaml"]


def test_a_file_that_is_not_valid_is_not_written_to(tmp_path: Path) -> None:
    file = tmp_path / "attestations.yaml"
    file.write_text("version: 1\n<<<<<<< HEAD\n")
    with pytest.raises(InvalidDeclaration):
        write_attestations(file, tmp_path, [BOT], (), NOW)
    assert file.read_text() == "version: 1\n<<<<<<< HEAD\n"


@pytest.mark.parametrize("content", ["version: 1\n# by an editor\n", None])
def test_what_another_program_wrote_meanwhile_is_not_lost(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "attestations.yaml"
    if content is not None:
        file.write_text("version: 1\n")
    whole = os.fsync

    def meanwhile(handle: int) -> None:
        whole(handle)
        file.write_text(content or "version: 1\n# made\n")

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(AccesscfgError, match="another program changed the file meanwhile"):
        write_attestations(file, tmp_path, [BOT], (), NOW)
    assert file.read_text() == (content or "version: 1\n# made\n")
    assert [path.name for path in tmp_path.iterdir()] == ["attestations.yaml"]


def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "attestations.yaml"
    file.write_text("version: 1\n")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AccesscfgError, match="No space left"):
        write_attestations(file, tmp_path, [BOT], (), NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["attestations.yaml"]
    assert file.read_text() == "version: 1\n"


KILLED = """
import os, sys
from pathlib import Path
from accesscfg.config.attestations_write import write_attestations
from tests.config.test_attestations import BOT, NOW

def killed(*given):
    os._exit(9)

setattr(os, sys.argv[2], killed)
write_attestations(Path(sys.argv[1]), Path(sys.argv[1]).parent, [BOT], (), NOW)
"""


@pytest.mark.parametrize("moment", ["replace", "fsync", "fchmod"])
def test_a_run_that_is_killed_before_the_rename_loses_nothing_and_the_next_one_tidies_up(
    moment: str, tmp_path: Path
) -> None:
    file = tmp_path / "attestations.yaml"
    file.write_text(WRITTEN)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), moment], cwd=Path(__file__).parents[2], timeout=60
    )
    assert done.returncode == 9
    assert file.read_text() == WRITTEN
    assert len(list(tmp_path.iterdir())) == 2

    write_attestations(file, tmp_path, [BOT], (), NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["attestations.yaml"]
    assert len(read_attestations(file, tmp_path, NOW)) == 3
