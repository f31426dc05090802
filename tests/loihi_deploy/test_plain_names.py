"""Names of a network's parts: as a person calls them, whatever brackets Nengo puts around them."""

import nengo
import pytest

from spikearm.loihi_deploy.plain_names import plain_name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("<Ensemble 'code'>", "code"),
        ("<Ensemble 'two words'>", "two words"),
        ("<Ensemble 'code'>[0:171:1]", "code[0:171]"),
        ("<Connection from <Ensemble 'code'> to <Ensemble 'products'>>", "code to products"),
        ("<Ensemble 'code'>[0:171:1] and 2 more", "code[0:171] and 2 more"),
        ("<Ensemble (unlabeled) at 0x7f>", "unlabelled"),
        ("the host", "the host"),
        ("", ""),
    ],
)
def test_names_are_plain(label, name):
    assert plain_name(label) == name


def test_no_bracket_is_left_of_what_nengo_calls_its_objects():
    with nengo.Network():
        a, b = nengo.Ensemble(5, 1, label="a"), nengo.Ensemble(5, 1)
        node = nengo.Node(size_in=5, label="gathers")
        to_node = nengo.Connection(a.neurons, node)
        onwards = nengo.Connection(a, b)
    assert plain_name(str(a.neurons)) == "a"
    assert plain_name(str(to_node)) == "a to gathers"
    assert plain_name(str(onwards)) == "a to unlabelled"
