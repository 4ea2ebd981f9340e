"""Compares an answer with the form of an official example: the same keys, the same types."""

from __future__ import annotations

TYPE_NAMES = {bool: "bool", int: "int", str: "text", type(None): "null"}


def shape(value: object) -> object:
    """A body with its values replaced by their types; a list by the shape of its entries."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    if isinstance(value, list):
        entries = [shape(entry) for entry in value]
        return entries[:1] if all(entry == entries[0] for entry in entries) else entries
    return TYPE_NAMES[type(value)]


def has_shape(value: object, expected: object) -> bool:
    """`expected` as `shape` gives it; an empty list fits any list, because examples have empty ones too."""
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(
            has_shape(value[name], expected[name]) for name in value
        )
    if isinstance(value, list) and isinstance(expected, list):
        return not value or not expected or all(has_shape(entry, expected[0]) for entry in value)
    return shape(value) == expected
