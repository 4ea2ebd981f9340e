"""From an edit that is asked for to the text of the one file that changes, read again and compared with what was meant.

Nothing is written here. An edit comes out of it only where the whole declaration, read with it, differs by what was
asked for and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from accesscfg.config.digest import meaning_hash
from accesscfg.config.key_edits import KeyChange, whitelist_change
from accesscfg.config.load import load
from accesscfg.config.outline import NotEditable
from accesscfg.config.pool_edits import PoolChange, file_of_pool, with_pools
from accesscfg.config.source import ProfileSource
from accesscfg.model.desired import Declaration, DesiredKey, Pool
from accesscfg.model.edit import Draft, Edit, FileEdit, KeyEdit, PoolEdit
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration, Refused, UsageError
from accesscfg.model.networks import Addresses, AppBound, Unrestricted
from accesscfg.model.observed import Facet


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do to one file, and what is to be declared then."""

    subject: str
    file: Path
    text: Callable[[str], str]
    key: Callable[[DesiredKey], DesiredKey]
    pools: Mapping[str, Pool]


def drafted(declaration: Declaration, edit: Edit, profiles: ProfileSource, *, sandbox: bool) -> Draft:
    """The edit, worked out for a declaration that was just read. No file edits where all is so already.

    Raises Refused where it cannot be made as the files are written, UsageError for a key or pool there is not.
    """
    subject = str(edit.key) if isinstance(edit, KeyEdit) else f"pool {edit.pool}"
    file = declaration.file
    try:
        plan = (
            _of_key(declaration, edit, profiles) if isinstance(edit, KeyEdit) else _of_pool(declaration, edit)
        )
        file = plan.file
        before = _bytes(file)
        text = _decoded(before, file)
        after = plan.text(text)
        wanted = _hash(declaration, plan)
    except NotEditable as error:
        raise Refused(f"{subject} is not edited", where=str(file), fix=str(error)) from None
    if wanted == declaration.hash:
        return Draft((), declaration, declaration.warnings)
    one = FileEdit(file, before, before[: len(before) - len(text.encode())] + after.encode())
    try:
        result = load(declaration.file, profiles, sandbox=sandbox, instead={str(file): after})
    except InvalidDeclaration as error:
        return Draft((one,), None, error.findings)
    if result.hash != wanted:
        raise Refused(
            f"{subject} cannot be edited as the file is written: something else would be declared",
            where=str(file),
            fix="edit it by hand",
        )
    return Draft((one,), result, result.warnings)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise AccesscfgError(f"the file cannot be read ({error.strerror})", where=str(file)) from None


def _decoded(content: bytes, file: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AccesscfgError("the file is not UTF-8 text", where=str(file), fix="save it as UTF-8") from None


def _of_key(declaration: Declaration, edit: KeyEdit, profiles: ProfileSource) -> _Plan:
    key = next((one for one in declaration.all_keys() if one.path == edit.key), None)
    profile = None if key is None else profiles.get(key.exchange)
    if key is None or profile is None:
        raise UsageError(f"{edit.key} is not declared")
    gone = frozenset[str]()
    whitelist = edit.values.get(Facet.IP_WHITELIST)
    if isinstance(whitelist, Addresses | AppBound | Unrestricted):
        gone = whitelist_change(key, whitelist, declaration.pools, without_pools=edit.without_pools)
    change = KeyChange(key, edit.values, declaration.pools, gone, profile)
    wanted = change.wanted()
    return _Plan(
        str(key.path),
        Path(key.where.file),
        change.text,
        lambda one: wanted if one.path == key.path else one,
        declaration.pools,
    )


def _of_pool(declaration: Declaration, edit: PoolEdit) -> _Plan:
    pool = declaration.pools.get(edit.pool)
    if pool is None:
        raise UsageError(f"there is no pool {edit.pool}")
    declared_in = Path(pool.where.file)
    listed_in = file_of_pool(pool, _decoded(_bytes(declared_in), declared_in))
    change = PoolChange(pool, edit, listed_in)
    pools = {**declaration.pools, pool.name: change.wanted()}
    return _Plan(
        f"pool {pool.name}",
        change.file,
        change.text,
        lambda one: with_pools(one, declaration.pools, pools),
        pools,
    )


def _hash(declaration: Declaration, plan: _Plan) -> str:
    """The hash of what is to be declared."""
    accounts = [
        replace(
            account,
            keys=tuple(map(plan.key, account.keys)),
            subs=tuple(replace(sub, keys=tuple(map(plan.key, sub.keys))) for sub in account.subs),
        )
        for account in declaration.accounts
    ]
    secrets = declaration.secrets_files
    return meaning_hash(declaration.root, accounts, declaration.policies, plan.pools, secrets)
