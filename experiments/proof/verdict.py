"""Verdict on a submission: whether what it claims comes out again, in a sentence.

::

    verification_verdict(submission, found)
"""

from spikearm.experiments.proof.submission import Submission
from spikearm.experiments.proof.verifying import Verification
from spikearm.experiments.words import counted


def verification_verdict(submission: Submission, found: Verification) -> str:
    """Write a verdict on a submission.

    Args:
        submission: The claims.
        found: Outcome of their verification.
    """
    config = submission.config
    claimed = f"The benchmark of spikearm {config['versions']['spikearm']} on {config['arm']}"
    ran = f"{found.n_run} of {counted(found.n_motions, 'motion')} ran again"
    how = "to the last bit" if found.same_stack else "within tolerances, as the stack is another"
    if found.reproduces:
        return f"{claimed} reproduces: {ran}, and came out {how}."
    n_other = counted(len(found.differences), "claim")
    return f"{claimed} does not reproduce: {ran}; compared {how}, {n_other} came out otherwise."
