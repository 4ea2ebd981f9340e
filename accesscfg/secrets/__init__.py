"""Secrets: sops as a child process. The only folder that ever sees what a secrets file holds.

open_secrets            decrypt files, keep the credentials asked for
open_at_terminal        the same where sops has to ask a person; Kept keeps what was opened
update_secrets          put entries in or take them out, all or nothing
list_entries            ids and field names of a file, without a key
check_file, check_rules, check_coverage   what is wrong, without a key
Sops                    the program itself, found and checked
new_identity, …         age identities and `.sops.yaml`, for a new workspace
"""

from accesscfg.secrets.age import (
    AgeIdentity,
    default_identity_path,
    new_identity,
    recipient_of,
    write_identity,
)
from accesscfg.secrets.coverage import check_coverage
from accesscfg.secrets.entries import FIELDS, StoredEntry
from accesscfg.secrets.kept import Kept
from accesscfg.secrets.lint import check_file
from accesscfg.secrets.nodes import list_entries
from accesscfg.secrets.opened import Opened, open_at_terminal, open_secrets
from accesscfg.secrets.rules import check_rules, find_rules, sops_config
from accesscfg.secrets.sops import Sops
from accesscfg.secrets.update import update_secrets
from accesscfg.secrets.value import Credential, Secret

__all__ = [
    "FIELDS",
    "AgeIdentity",
    "Credential",
    "Kept",
    "Opened",
    "Secret",
    "Sops",
    "StoredEntry",
    "check_coverage",
    "check_file",
    "check_rules",
    "default_identity_path",
    "find_rules",
    "list_entries",
    "new_identity",
    "open_at_terminal",
    "open_secrets",
    "recipient_of",
    "sops_config",
    "update_secrets",
    "write_identity",
]
