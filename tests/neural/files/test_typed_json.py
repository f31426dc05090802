"""JSON of expected types: the sentence names file, key and what was expected."""

import json
import os
from typing import Any

import msgspec
import numpy as np
import pytest

from spikearm.neural.files.typed_json import Count, Number, Vector, parse_json, read_json


class Wheel(msgspec.Struct):
    radius: Number
    spokes: Count
    axis: Vector
    maker: str | None = None


class Cart(msgspec.Struct):
    wheels: list[Wheel]


GOOD = {"wheels": [{"radius": 0.3, "spokes": 12, "axis": [0, 1.0, 0], "color": "red"}], "load": 3}


def cart(**changes: Any) -> str:
    return json.dumps({"wheels": [GOOD["wheels"][0] | changes]})


def test_a_value_of_the_right_types_keeps_the_keys_that_its_type_does_not_name():
    assert parse_json(json.dumps(GOOD), Cart, "cart.json") == GOOD


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{}", "cart.json lacks wheels"),
        ('{"wheels": [{}]}', "wheels[0] of cart.json lacks radius"),
        ('{"wheels": {}}', "wheels of cart.json is wrong: expected list, got object"),
        ("3", "cart.json is wrong: expected object, got integer"),
        (cart(radius="3"), "wheels[0].radius of cart.json is wrong: expected number, got text"),
        (cart(radius=True), "expected number, got true or false"),
        (cart(radius=10**400), "wheels[0].radius of cart.json is wrong: number out of range"),
        (cart(radius=-1e200), "expected number >= -1e+30"),
        (cart(spokes=1.5), "expected integer, got number"),
        (cart(spokes=-1), "expected integer >= 0"),
        (cart(spokes=10**30), "spokes of cart.json is wrong: expected integer <="),
        (cart(axis=[0, 1]), "wheels[0].axis of cart.json is wrong: expected list of length"),
        (cart(maker=[]), "expected text | null, got list"),
        (cart(radius=0)[:-4], "cart.json is no JSON"),
        ('{"wheels": NaN}', "cart.json is no JSON"),
        ("[" * 10**5, "cart.json is no JSON"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_named_with_its_place(text, sentence):
    with pytest.raises(ValueError, match=r"cart\.json") as error:
        parse_json(text, Cart, "cart.json")
    assert sentence in str(error.value)


def test_a_pipe_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="It is a pipe"):
        read_json(tmp_path / "pipe")


def test_integers_that_are_too_long_are_floating_point_numbers():
    text = '{"axis": [1, 1000000000000000000000000000000, -9223372036854775808], "on": true}'
    value = parse_json(text, dict[str, Any], "config.json")
    assert value == {"axis": [1, 1e30, -(2.0**63)], "on": True}
    assert [type(one) for one in value["axis"]] == [int, float, float]
    assert np.array(value["axis"]).dtype == float
    with pytest.raises(ValueError, match=r"config.json holds a number of 401 digits"):
        parse_json("[1" + 400 * "0" + "]", Any, "config.json")
