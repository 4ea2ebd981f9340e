"""What went wrong in a call of sops, in our own words.

sops quotes plain text and hashes of plain text in its messages, so its standard error is only matched against
the table below and then dropped: nothing of it reaches an error, a log or the screen. The rows were seen with
3.13.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from accesscfg.model.errors import SecretsError

CONFLICT_MARKERS = ("<<<<<<< ", ">>>>>>> ")
LEAKED = "treat the value as leaked if it was ever committed: revoke the key at the exchange, make a new one"


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of the error table in words: what happened, why, and the next step."""

    what: str
    why: str | None = None
    fix: str | None = None


# (exit code of sops, what its flattened standard error contains, our code); the first hit wins.
_TABLE: tuple[tuple[int, str, str], ...] = (
    (128, r"Shamir threshold", "quorum"),
    (128, r"could not read passphrase|Inappropriate ioctl", "needs_terminal"),
    (128, r"failed to load age identities\. Did not find", "no_identity"),
    (
        128,
        # With the first words, for gpg says that there is no such file too.
        r"load(ing)? age identities.*"
        r"(malformed secret key|unknown identity type|failed to open|no such file|failed to execute)",
        "bad_identity",
    ),
    (128, r"did not match any of the recipients", "wrong_identity"),
    (128, r"", "no_data_key"),
    (51, r"Cannot decrypt MAC", "tampered_metadata"),
    (51, r"MAC mismatch", "mac_mismatch"),
    (25, r"does not match sops' data format|Expected encrypted value as string", "plaintext_in_file"),
    (25, r"message authentication failed", "tampered_value"),
    (100, r"cannot operate on non-existent file", "missing_file"),
    (2, r"permission denied|is a directory|[Uu]nmarshal", "unreadable"),
    (1, r"sops metadata not found", "not_encrypted"),
    (1, r"no matching creation rules found", "no_rule"),
    (1, r"error loading config", "bad_config"),
    (1, r"config file not found, or has no creation rules", "no_config"),
    (1, r"yaml: |Could not unmarshal", "not_yaml"),
    (203, r"contains a top-level entry called 'sops'", "already_encrypted"),
)

_FAILURES: dict[str, Failure] = {
    "quorum": Failure(
        "the file needs several groups of keys at once, and you hold too few of them",
        fix="ask a holder of another key group to run this, or lower shamir_threshold with them",
    ),
    "needs_terminal": Failure(
        "your decryption key is protected by a passphrase, and sops has no terminal to ask for it",
        fix="unlock it beforehand, or point SOPS_AGE_KEY_FILE to an identity without passphrase",
    ),
    "no_identity": Failure(
        "there is no age identity to decrypt the file with",
        why="looked at SOPS_AGE_KEY_FILE, SOPS_AGE_KEY and sops/age/keys.txt in your configuration folder",
        fix="set SOPS_AGE_KEY_FILE to your identity file, or bring it back from its backup; who never had one asks"
        " somebody who can open the file to add the public half of theirs to .sops.yaml and run sops updatekeys",
    ),
    "bad_identity": Failure(
        "a decryption key is damaged, missing, or the command that prints it failed",
        why="SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or an SSH key says where to find it",
        fix="check that the file exists and holds whole lines that start with AGE-SECRET-KEY-1",
    ),
    "wrong_identity": Failure(
        "you have a decryption key, but the file is not encrypted for it",
        fix="ask who can open it to add your recipient to .sops.yaml and run: sops updatekeys {file}",
    ),
    "no_data_key": Failure(
        "none of the keys that the file is encrypted for could be used",
        why="a cloud key service, Vault or gpg refused or could not be reached",
        fix="log in to the service that holds the key, then try again",
    ),
    "tampered_metadata": Failure(
        "lastmodified or mac in the file's sops section was changed by hand or by a merge",
        fix="take the file from git as it was before, and enter the change again: accesscfg secrets set KEY",
    ),
    "mac_mismatch": Failure(
        "values were added, removed or reordered without sops, by hand or by a merge",
        fix="take one whole side of the file from git, and enter the others again: accesscfg secrets set KEY",
    ),
    "plaintext_in_file": Failure(
        "a value stands where only an encrypted one may: it is in plain text, or its ciphertext is damaged",
        why=LEAKED,
        fix="accesscfg secrets check names the line",
    ),
    "tampered_value": Failure(
        "an encrypted value, or a name on the way to it, was changed without sops",
        fix="take the file from git as it was before, and enter the change again: accesscfg secrets set KEY",
    ),
    "missing_file": Failure(
        "the secrets file does not exist",
        fix="accesscfg secrets set KEY makes it; or correct `secrets:` in the declaration",
    ),
    "unreadable": Failure(
        "the secrets file cannot be read", fix="check the file's owner and mode, and that it is a file"
    ),
    "not_encrypted": Failure(
        "the file is not encrypted by sops, or its sops section is gone",
        why=LEAKED,
        fix="encrypt it with: sops encrypt --in-place {file}",
    ),
    "no_rule": Failure(
        "no rule of .sops.yaml is for this file", fix="add a rule whose path_regex matches the file's name"
    ),
    "bad_config": Failure(
        ".sops.yaml is not valid, and sops refuses to work beside it",
        fix="accesscfg secrets check names the mistake",
    ),
    "no_config": Failure(
        "there is no .sops.yaml that says whom to encrypt for", fix="accesscfg init makes one"
    ),
    "conflict": Failure(
        "the file has the conflict markers of a merge",
        fix="git checkout --ours {file} (or --theirs), then enter the other side's entries again: "
        "accesscfg secrets set KEY",
    ),
    "not_yaml": Failure("the file is not YAML", fix="accesscfg secrets check names the line"),
    "already_encrypted": Failure(
        "what was to be encrypted already has a sops section", fix="decrypt it first, or use another file"
    ),
    "timeout": Failure(
        "sops did not finish in time and was stopped",
        why="a hardware key, a passphrase prompt or a key service may have waited for somebody",
        fix="try again, and answer what asks for a touch or a login",
    ),
    "killed": Failure(
        "sops was ended by a signal before it was done", fix="check the machine's memory, and try again"
    ),
    "sops_failed": Failure(
        "sops failed in a way that is not known here",
        why="its message is not shown, as it may quote secrets",
        fix="run sops decrypt on the file yourself, where nobody else sees the screen",
    ),
    "bad_output": Failure(
        "sops succeeded, but what it printed is not the JSON asked for",
        fix="check that the program found as `sops` is the real one: sops --version",
    ),
}


def flat(stderr: str) -> str:
    """sops wraps its longer messages into `- | text` blocks of some 70 columns; this joins them again."""
    return " ".join(re.sub(r"(?m)^\s*(?:-\s)?\|\s?", " ", stderr).split())


def classify(exit_code: int, stderr: str) -> str:
    """Our code for a failed call. `exit_code` is as Python reports it: negative for a signal."""
    if exit_code < 0:
        return "killed"
    text = flat(stderr)
    for row_exit, pattern, code in _TABLE:
        if exit_code == row_exit and re.search(pattern, text):
            return code
    return "sops_failed"


def failure(code: str, file: Path | None, *, why: str | None = None) -> SecretsError:
    """The error for one code of the table. `why` is added to what the table says."""
    words = _FAILURES[code]
    reasons = "; ".join(reason for reason in (words.why, why) if reason)
    fix = words.fix.replace("{file}", file.name if file else "FILE") if words.fix else None
    return SecretsError(
        code, words.what, where=None if file is None else str(file), why=reasons or None, fix=fix
    )


def explain(exit_code: int, stderr: str, file: Path, recipients: tuple[str, ...] = ()) -> SecretsError:
    """The error for a failed call on a file; `recipients` are whom the file says it is encrypted for."""
    code = classify(exit_code, stderr)
    if code == "not_yaml" and has_conflict_markers(file):
        code = "conflict"
    if code == "wrong_identity" and recipients:
        return failure(code, file, why=f"it is for: {', '.join(recipients)}")
    if code == "sops_failed":
        return failure(code, file, why=f"its exit status was {exit_code}")
    return failure(code, file)


def has_conflict_markers(file: Path) -> bool:
    """Whether a merge left its markers in the file. False if it cannot be read."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    return any(line.startswith(CONFLICT_MARKERS) for line in lines)
