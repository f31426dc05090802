"""The verdict on a deployment and the limits that are shown, of rows written by hand."""

from spikearm.experiments.studies.deployment.deployment import ControllerDeployment
from spikearm.experiments.studies.deployment.table import TIGHTEST, notes, tightest
from spikearm.experiments.studies.deployment.verdict import deployment_verdict, fit_verdict
from spikearm.loihi_deploy.checks.report import Report, Row, refusal
from spikearm.loihi_deploy.limits import CORES, HOST_SPIKES

PARTS = tuple(
    Row(f"resource {k}", 10 * k, 100, where="<Ensemble 'code'>[0:171:1]") for k in range(8)
)
CORE = Row(CORES.resource, 7, 128)
BROKEN = Row(HOST_SPIKES.resource, 60, 50, ok=False, remedy="Send fewer.")


def test_a_network_that_fits_says_its_cores_and_its_tightest_limit():
    assert fit_verdict("gen3", Report((*PARTS, CORE)), (7,)) == (
        "The controller of gen3 fits the chip: it takes 7 cores of 1 chip. Its tightest limit: "
        "resource 7, 70 % of 100 (on code[0:171])."
    )


def test_a_network_that_does_not_fit_names_the_limits_that_it_breaks():
    assert fit_verdict("gen3", Report((*PARTS, CORE, BROKEN)), (128, 3)) == (
        "The controller of gen3 does not fit the chip: it takes 131 cores of 2 chips, and breaks 1 "
        "limit (spikes from the host in a step)."
    )


def test_a_network_that_cannot_be_built_says_why():
    found = ControllerDeployment(Report((refusal(NotImplementedError("It is too odd.")),)))
    said = "The controller of gen3 cannot be built for the chip. It is too odd."
    assert deployment_verdict("gen3", found) == said


def test_the_cores_the_breaches_and_the_tightest_limits_are_shown_first():
    shown = tightest(Report((*PARTS, CORE, BROKEN)))
    assert shown[:2] == [CORE, BROKEN]
    assert shown[2:] == sorted(PARTS, key=lambda row: -row.used)[:TIGHTEST]


def test_a_breach_says_what_to_do_and_names_its_option():
    (note,) = notes(Report((*PARTS, CORE, BROKEN)))
    assert note.endswith("breach. Send fewer. Option: --host-spikes.")
