"""JSON of expected types, or the key that is of another."""

import re
from pathlib import Path
from typing import Annotated, Any

import msgspec

from spikearm.neural.files.plain_file import check_plain_file

MOST_BYTES = 2**28  # of a file; the rows of 10,000 conditions take a fifth of it
LARGEST = 1e30  # no measurement in SI units is larger, and its square is still finite
Number = Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=LARGEST)]
Count = Annotated[
    int, msgspec.Meta(ge=0, le=2**53)
]  # up to where every reader has the same integer
Vector = Annotated[list[Number], msgspec.Meta(min_length=3, max_length=3)]

WORDS = {
    "str": "text", "float": "number", "int": "integer", "bool": "true or false", "array": "list",
}  # fmt: skip
PLACED = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<place>.*)`)?", re.DOTALL)
LONG = re.compile(rb"\d{19}")  # digits of integers that NumPy may have no type for
LARGEST_INTEGER = 2**63 - 1
MISSING = re.compile(r"Object missing required field `(.*)`")


def read_json(path: Path, kind: Any = dict[str, Any]) -> Any:
    """Read a file of JSON.

    Args:
        path: Path of the file.
        kind: Type of the value, as msgspec takes it.

    Returns:
        Value, with the keys that its type does not name.

    Raises:
        OSError: It cannot be read, is no file, or too large.
        ValueError: It is no JSON, or a value is of another type than expected.
    """
    check_plain_file(path, MOST_BYTES)
    return parse_json(path.read_bytes(), kind, path.name)


def parse_json(text: str | bytes, kind: Any, name: str) -> Any:
    """Return the value of JSON, with the keys that its type does not name.

    Integers that NumPy has no type for are floating-point numbers.

    Args:
        text: Text, in UTF-8.
        kind: Type of the value, as msgspec takes it.
        name: Name of the text, for messages.

    Raises:
        ValueError: It is no JSON, or a value is of another type than expected.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"{name} is no JSON ({error})") from error
    check_types(value, kind, name)
    long = LONG.search(text.encode() if isinstance(text, str) else text)
    return _with_floats(value, name) if long else value


def _with_floats(value: Any, name: str) -> Any:
    """Return a value of JSON with floating-point numbers for integers that are too long.

    Raises:
        ValueError: A number is too large for that, too.
    """
    if isinstance(value, dict):
        return {key: _with_floats(one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_floats(one, name) for one in value]
    if not isinstance(value, int) or abs(value) <= LARGEST_INTEGER:
        return value
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{name} holds a number of {len(str(abs(value)))} digits") from error


def check_types(value: Any, kind: Any, name: str) -> Any:
    """Return a value of JSON as the type that is expected.

    Args:
        value: Value of JSON: texts, numbers, lists and dictionaries.
        kind: Type, as msgspec takes it: a class of typed fields, or a list or dictionary of them.
        name: Name of the file that it comes from, for messages.

    Raises:
        ValueError: A key is missing, or its value is of another type.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(_sentence(str(error), name)) from error


def _sentence(text: str, name: str) -> str:
    """Return msgspec's message with the place in front, in words of JSON."""
    found = PLACED.fullmatch(text)
    assert found is not None
    place = f"{found['place']} of {name}" if found["place"] else name
    missing = MISSING.fullmatch(found["what"])
    if missing:
        return f"{place} lacks {missing[1]}"
    words = re.sub(
        r"`([a-z |]+)`",
        lambda types: " | ".join(WORDS.get(one, one) for one in types[1].split(" | ")),
        found["what"],
    )
    return f"{place} is wrong: {words[:1].lower()}{words[1:]}"
