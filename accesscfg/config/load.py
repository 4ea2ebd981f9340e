"""From the workspace's files to a declaration, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from accesscfg.config.accounts import AccountReader, declared_paths
from accesscfg.config.addresses import AddressBook
from accesscfg.config.digest import meaning_hash
from accesscfg.config.document import Document, parse
from accesscfg.config.keys import KeyReader
from accesscfg.config.names import check_name
from accesscfg.config.notes import Notes, did_you_mean, shown
from accesscfg.config.policies import read_policies, warn_of_idle_exceptions
from accesscfg.config.pools import PoolReader
from accesscfg.config.schema import Validator, file_schema, shape_of
from accesscfg.config.section import Section
from accesscfg.config.source import ProfileSource
from accesscfg.config.strangers import note_strangers
from accesscfg.config.texts import matching, read_text
from accesscfg.config.whitelists import WhitelistReader
from accesscfg.config.wording import check_shape
from accesscfg.model.desired import Declaration
from accesscfg.model.errors import InvalidDeclaration, UsageError
from accesscfg.model.findings import Mark

FILE_NAME = "exchanges.yaml"
DEFAULT_SECRETS = "secrets.sops.yaml"


def find(path: Path | None) -> Path:
    """The workspace file: the path itself, or `exchanges.yaml` in the folder (without a path, here).

    Raises UsageError when there is no such file; the file is not read.
    """
    file = Path(FILE_NAME) if path is None else path
    try:
        if file.is_dir():
            file = file / FILE_NAME
        is_there = file.exists()
    except (OSError, ValueError):
        is_there = False
    if is_there:
        return file
    here = "the current folder" if path is None else str(path)
    raise UsageError(
        f"there is no workspace: {file.name} is not there",
        where=here,
        fix="name the file or its folder with -c, or make a workspace: accesscfg init",
    )


def load(
    file: Path, profiles: ProfileSource, *, sandbox: bool, instead: Mapping[str, str] = MappingProxyType({})
) -> Declaration:
    """The declaration in a workspace file and the files it refers to (secrets files are not opened).

    `sandbox`: documentation and loopback addresses are then ordinary ones. `instead` has texts by file name that
    count in place of what the files hold: edits that are not written yet.
    Raises InvalidDeclaration with every error and warning of all files, in the order of their lines.
    """
    notes = Notes()
    files = _read_files(file, notes, instead)
    if files is None:
        raise InvalidDeclaration(notes.by_place(), notes.files)
    declaration = _Loading(files, profiles, notes, sandbox, instead).declaration()
    if notes.failed:
        raise InvalidDeclaration(notes.by_place(), notes.files)
    return declaration


@dataclass(frozen=True, slots=True)
class _Files:
    """The workspace file, and all documents with the workspace file's first."""

    file: Path
    main: Document
    documents: tuple[Document, ...]

    @property
    def root(self) -> Path:
        return self.file.parent


def _read_files(file: Path, notes: Notes, instead: Mapping[str, str]) -> _Files | None:
    """Every document, its form checked; None when one cannot be read, as others would seem to lack things."""
    main = _read(file, None, notes, instead)
    if main is None:
        return None
    included = [
        _read(path, "included", notes, instead, where)
        for path, where in _included(Section(main, main.data), file, notes)
    ]
    documents = [document for document in included if document is not None]
    if len(documents) < len(included):
        return None
    return _Files(file, main, (main, *documents))


def _read(
    path: Path, part: str | None, notes: Notes, instead: Mapping[str, str], named_at: Mark | None = None
) -> Document | None:
    text = instead[str(path)] if str(path) in instead else read_text(path, notes, named_at)
    if text is None:
        return None
    document = parse(text, str(path), shape_of(file_schema(part)), notes)
    if document is None or not check_shape(document, Validator(part), notes):
        return None
    return document


def _included(main: Section, file: Path, notes: Notes) -> Iterator[tuple[Path, Mark]]:
    seen = {file.resolve()}
    for pattern, where in main.entries("include"):
        found = matching(file.parent, pattern, where, notes)
        if found == []:
            notes.warning("nothing_included", f"{shown(pattern)} matches no file", where)
        for path in found or ():
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path, where


@dataclass(slots=True)
class _Loading:
    """One run over documents whose form is checked."""

    files: _Files
    profiles: ProfileSource
    notes: Notes
    sandbox: bool
    instead: Mapping[str, str]
    book: AddressBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = AddressBook(self.notes, sandbox=self.sandbox)

    def declaration(self) -> Declaration:
        """Everything read and checked; of use only where no error was noted."""
        main = Section(self.files.main, self.files.main.data)
        self._named_once("ip_pools")
        named = self._named_once("exchanges")
        paths = declared_paths({name: section for name, (section, _) in named.items()})
        pools = self._pools()
        whitelists = WhitelistReader(pools, self.book, self.notes)
        keys = KeyReader(whitelists, paths, self.notes)
        reader = AccountReader(self.profiles, keys, self.book, self.notes)
        accounts = tuple(reader.read(name, section, where) for name, (section, where) in named.items())
        pools.check(paths)
        note_strangers(whitelists.own, pools.pools, accounts, self.notes)
        policies = read_policies(main.part("policies"), self.notes)
        every_key = [key for account in accounts for key in account.all_keys()]
        warn_of_idle_exceptions(policies, every_key, self.notes)
        secrets = self._secrets(main)
        root = self.files.root
        return Declaration(
            root=root,
            file=self.files.file,
            accounts=accounts,
            policies=policies,
            pools=pools.pools,
            secrets_files=secrets,
            hash=meaning_hash(root, accounts, policies, pools.pools, secrets),
            warnings=self.notes.by_place(),
            files=tuple(self.notes.files),
        )

    def _named_once(self, part: str) -> dict[str, tuple[Section, Mark]]:
        """What all documents hold under one field, by name; a name in two of them is an error."""
        named: dict[str, tuple[Section, Mark]] = {}
        first: dict[str, Mark] = {}
        for document in self.files.documents:
            top = Section(document, document.data)
            sections = {name: section for name, _, section in top.parts(part)}
            for name, where in top.names(part):
                check_name(name, where, self.notes)
                if name in first:
                    message = f"{shown(name)} is declared twice; first at {first[name]}"
                    self.notes.error("declared_twice", message, where, "keep one of them")
                    continue
                first[name] = where
                if name in sections:
                    named[name] = (sections[name], where)
        return named

    def _pools(self) -> PoolReader:
        reader = PoolReader(self.files.root, self.book, self.notes, self.instead)
        for document in self.files.documents:
            reader.read(document, Path(document.file).parent)
        return reader

    def _secrets(self, main: Section) -> tuple[Path, ...]:
        root = self.files.root
        declared = main.get("secrets")
        if declared is None:
            return (root / DEFAULT_SECRETS,)
        patterns = [(declared, main.at("secrets"))] if isinstance(declared, str) else main.entries("secrets")
        found: set[Path] = set()
        for pattern, where in patterns:
            paths = matching(root, pattern, where, self.notes)
            found.update(paths or ())
            if paths is not None and not any(path.exists() for path in paths):
                self._warn_of_missing_secrets(pattern, where)
        return tuple(sorted(found))

    def _warn_of_missing_secrets(self, pattern: str, where: Mark) -> None:
        if pattern == DEFAULT_SECRETS:
            return
        there = [path.name for path in self.files.root.glob("*.sops.*")]
        hint = did_you_mean(pattern, there, "there are") or "accesscfg secrets set makes it"
        self.notes.warning("no_secrets_file", f"{shown(pattern)} matches no file", where, hint)
