"""What the schema's validator finds, in our words: what was found, what is allowed, the nearest spelling.

What is wrong is then taken out of the data, so that the checks that follow meet only well-formed values and a
mistake in one place hides none elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from accesscfg.config.document import Document
from accesscfg.config.fits import Schema
from accesscfg.config.notes import Notes, did_you_mean, listed, nearest, shown
from accesscfg.config.schema import Validator
from accesscfg.config.syntax import QUOTE_IPV6
from accesscfg.model.findings import Mark

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MOST_ERRORS = 1000
_KINDS = {
    "object": "a map of fields",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
}
_SAID_LIKE_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})
_BRANCHING = ("anyOf", "oneOf")
_SAID_LIKE_UNRESTRICTED = frozenset({"any", "anywhere", "all", "everywhere", "none", "open", "*"})
_SECRETS = frozenset({"api_secret", "secret", "secret_key", "private_key", "passphrase", "totp_seed"})
_BELONGS_INTO_THE_FILE = (
    "secrets go into the encrypted file, by accesscfg secrets set; one that was saved here in plain text "
    "is to be made anew at the exchange"
)
_WRITTEN_KEY_ID = "the public half is written key_id; accesscfg secrets set asks for the whole credential"
_WRITTEN_NATIVE = "an exchange's own name is written native:NAME; accesscfg providers EXCHANGE lists them"


def check_shape(document: Document, validator: Validator, notes: Notes) -> bool:
    """Note every departure from the schema, and take it out of the document's data.

    False when there are so many that the file is something else altogether; its data is then of no use.
    """
    found = list(islice(validator.iter_errors(document.data), MOST_ERRORS + 1))
    if len(found) > MOST_ERRORS:
        notes.error(
            "not_a_workspace", f"more than {MOST_ERRORS} fields and values are wrong", document.start()
        )
        return False
    errors = [one for error in found for one in _nearest_branch(error)]
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    wrong: list[tuple[Any, str | int]] = []
    for error in errors:
        if error.validator == "type" or tuple(error.absolute_path) not in mistyped:
            wrong += _note(error, document, notes)
    for holder, name in wrong:
        _take_out(holder, name)
    return True


def _note(error: ValidationError, document: Document, notes: Notes) -> list[tuple[Any, str | int]]:
    """Note one error; what is to be taken out for it, as holder and name or index."""
    holder, name = document.walk(list(error.absolute_path))
    match error.validator:
        case "additionalProperties":
            return _unknown_fields(error, document, notes)
        case "required":
            _missing_fields(error, _where(document, holder, name, by_name=True), name, notes)
            return []
        case _:
            _wrong_value(error, _where(document, holder, name), notes)
            return [] if name is None else [(holder, name)]


def _take_out(holder: Any, name: str | int) -> None:
    """Fields go; entries of lists become None, so that the others keep their index and so their place."""
    if isinstance(holder, list):
        holder[int(name)] = None
    else:
        holder.pop(name, None)


def _where(document: Document, holder: Any, name: str | int | None, *, by_name: bool = False) -> Mark:
    if name is None:
        return document.start()
    if by_name and isinstance(name, str):
        return document.name_at(holder, name)
    return document.at(holder, name)


def _nearest_branch(error: ValidationError) -> Iterable[ValidationError]:
    """The errors of the one alternative that fits the kind of value, where there is one; else the error."""
    if error.validator not in _BRANCHING:
        return [error]
    kind = _kind_of(error.instance)
    fitting = [at for at, branch in enumerate(_branches(error)) if branch.get("type") == kind]
    if len(fitting) != 1 or kind not in ("object", "array"):
        return [error]
    inner = [one for one in error.context or () if one.relative_schema_path[0] == fitting[0]]
    return [deeper for one in inner for deeper in _nearest_branch(one)]


def _branches(error: ValidationError) -> list[Schema]:
    return list(error.validator_value)  # type: ignore[arg-type]


def _kind_of(value: object) -> str:
    match value:
        case dict():
            return "object"
        case list():
            return "array"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case _:
            return "string"


def _thing(schema: Any) -> str:
    title = str(schema["title"])
    return title if title.startswith("IP ") else title[0].lower() + title[1:]


def _named(schema: Any) -> str:
    """`a key`, `an account`, `policies`: the schema's title as a thing."""
    thing = _thing(schema)
    if thing.endswith("s"):
        return thing
    return f"{'an' if thing[0] in 'aeiI' else 'a'} {thing}"


def _unknown_fields(error: ValidationError, document: Document, notes: Notes) -> list[tuple[Any, str | int]]:
    schema: Any = error.schema
    known = schema["properties"]
    holder: Any = error.instance
    unknown = [name for name in holder if name not in known]
    for name in unknown:
        hint = _of_a_credential(name, known) or did_you_mean(name, known, "the fields are")
        where = document.name_at(holder, name)
        notes.error("unknown_field", f"there is no field {shown(name)} in {_named(schema)}", where, hint)
    return [(holder, name) for name in unknown]


def _of_a_credential(name: str, known: Iterable[str]) -> str | None:
    """Where a field of a credential belongs that stands in a key of the declaration."""
    if "key_id" not in known:
        return None
    if name in _SECRETS:
        return _BELONGS_INTO_THE_FILE
    return _WRITTEN_KEY_ID if name == "api_key" else None


def _missing_fields(error: ValidationError, where: Mark, name: str | int | None, notes: Notes) -> None:
    """Every missing field of the map: the library has an error for each, all alike but for their sentence, and
    what is noted again counts once."""
    schema: Any = error.schema
    holder: Any = error.instance
    whose = f"{_thing(schema)} {shown(name)}" if isinstance(name, str) else _named(schema)
    for missing in (field for field in schema["required"] if field not in holder):
        examples = schema["properties"][missing].get("examples")
        hint = f"add {missing}: {_as_yaml(examples[0])}" if examples else None
        notes.error("missing_field", f"{whose} has no {shown(missing)}", where, hint)


def _as_yaml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_as_yaml(entry) for entry in value)}]"
    return str(value)


def _wrong_value(error: ValidationError, where: Mark, notes: Notes) -> None:
    value: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "minItems" | "minLength" | "minProperties":
            _note_empty(error, where, notes)
        case "minimum" | "maximum":
            allowed = f"{schema['minimum']} to {schema['maximum']}"
            notes.error("bad_value", f"{value} is out of range; allowed: {allowed}", where)
        case "pattern":
            notes.error("bad_value", f"{shown(value)} is not {schema['title']}", where)
        case "anyOf" | "oneOf":
            _note_no_branch(error, where, notes)
        case _:
            _note_kind(value, [_KINDS[str(schema["type"])]], where, notes)


def _note_empty(error: ValidationError, where: Mark, notes: Notes) -> None:
    if list(error.absolute_path)[-1:] == ["ip_whitelist"]:
        notes.error(
            "empty_whitelist",
            "an empty whitelist is refused: at most exchanges it means open to the world",
            where,
            "list the addresses, or write `ip_whitelist: unrestricted` if that is meant",
        )
        return
    kind = {"minItems": "list", "minLength": "text", "minProperties": "map"}[str(error.validator)]
    notes.error("empty_value", f"an empty {kind}", where, "fill it, or leave the field out")


def _note_no_branch(error: ValidationError, where: Mark, notes: Notes) -> None:
    value, branches = error.instance, _branches(error)
    words = [str(branch["const"]) for branch in branches if "const" in branch]
    others = [str(branch["title"]) for branch in branches if "title" in branch and "const" not in branch]
    if not others and isinstance(value, str | int) and not isinstance(value, bool):
        one_of = "one of " if len(words) > 1 else ""
        message = f"{shown(value)} is not {one_of}{listed(words, 'or')}"
        notes.error("bad_value", message, where, did_you_mean(str(value), words, "allowed"))
        return
    close = nearest(value, words) if isinstance(value, str) else None
    schema: Any = error.schema
    if "read" in words and isinstance(value, str) and _is_native(value, words):
        notes.error("bad_value", f"there is no {_thing(schema)} {shown(value)}", where, _WRITTEN_NATIVE)
        return
    if close is not None:
        message = (
            f"there is no {_thing(schema)} {shown(value)}" if "title" in schema else f"found {shown(value)}"
        )
        notes.error("bad_value", message, where, f"did you mean {shown(close)}?")
        return
    named = [
        *others,
        *(str(branch.get("title", branch["const"])) for branch in branches if "const" in branch),
    ]
    takes_list = any(branch.get("type") == "array" for branch in branches)
    hint = _instead_of_a_list(value, words) if takes_list and isinstance(value, str) else None
    _note_kind(value, named, where, notes, hint)


def _is_native(value: str, words: list[str]) -> bool:
    """Whether a permission is spelt as exchanges spell theirs (`SpotTrade`, `query-funds`). The nearest of our
    names could be a wider right, so none is proposed."""
    ours = value.lower() in words or value.startswith("native:")
    return not ours and not (value.isalpha() and value.islower())


def _instead_of_a_list(value: str, words: list[str]) -> str | None:
    if "unrestricted" in words and value.lower() in _SAID_LIKE_UNRESTRICTED:
        return "write unrestricted, if the key may be used from anywhere"
    looks_like_an_entry = value.startswith("pool:") or any(letter.isdigit() for letter in value)
    return f"write a list: [{shown(value)[1:-1]}]" if looks_like_an_entry else None


def _note_kind(value: Any, allowed: list[str], where: Mark, notes: Notes, hint: str | None = None) -> None:
    message = f"found {_described(value)}; allowed: {listed(allowed, 'or')}"
    if isinstance(value, dict) and any(_looks_like_ipv6(name) for name in value):
        hint = QUOTE_IPV6
    elif isinstance(value, str) and "true or false" in allowed and value.lower() in _SAID_LIKE_BOOLEANS:
        hint = "write true or false, in small letters and without quotes"
    notes.error("wrong_type", message, where, hint)


def _looks_like_ipv6(name: str) -> bool:
    return ":" in name and set(name.lower()) <= set("0123456789abcdef:")


def _described(value: Any) -> str:
    match value:
        case dict():
            return (
                f"a map with {listed([shown(name) for name in list(value)[:3]])}" if value else "an empty map"
            )
        case list():
            return "a list"
        case "":
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return f"the text {shown(value)}"
        case _:
            return shown(value)
