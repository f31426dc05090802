"""The verdict on a submission, of outcomes that were written by hand."""

import pytest

from spikearm.experiments.proof.difference import Difference
from spikearm.experiments.proof.submission import Submission
from spikearm.experiments.proof.verdict import verification_verdict
from spikearm.experiments.proof.verifying import Verification

SUBMISSION = Submission({"versions": {"spikearm": "0.2.0"}, "arm": "gen3"}, {}, {}, [], [])
OTHER = Difference("table, pd, seed 0", "effort", 1.0, 1.1)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (
            Verification(True, 12, 4, ()),
            "reproduces: 4 of 12 motions ran again, and came out to the last bit.",
        ),
        (
            Verification(False, 12, 12, ()),
            "reproduces: 12 of 12 motions ran again, and came out within tolerances, as the stack "
            "is another.",
        ),
        (
            Verification(True, 12, 4, (OTHER,)),
            "does not reproduce: 4 of 12 motions ran again; compared to the last bit, 1 claim came "
            "out otherwise.",
        ),
    ],
)
def test_it_says_what_ran_again_and_how_it_was_compared(found, verdict):
    claimed = "The benchmark of spikearm 0.2.0 on gen3"
    assert verification_verdict(SUBMISSION, found) == f"{claimed} {verdict}"
