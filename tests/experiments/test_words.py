"""Words of sentences on results."""

import pytest

from spikearm.experiments.words import counted, listed, millimetres


@pytest.mark.parametrize(
    ("words", "said"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(words, said):
    assert listed(words) == said


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 seeds"), (1, "1 seed"), (2, "2 seeds"), (1234, "1,234 seeds")]
)
def test_a_noun_agrees_with_its_number(n, said):
    assert counted(n, "seed") == said


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0.0, "0.0 mm"), (1.96e-5, "0.020 mm"), (4e-4, "0.40 mm"), (9.94e-3, "9.9 mm"),
        (9.96e-3, "10 mm"), (0.0123, "12 mm"), (1.5, "1,500 mm"),
    ],
)  # fmt: skip
def test_a_length_is_in_millimetres_with_two_digits(metres, said):
    assert millimetres(metres) == said
