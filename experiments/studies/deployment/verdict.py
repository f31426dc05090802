"""Verdict on a deployment: whether a network fits its chip, and what is tightest.

::

    deployment_verdict(found)
"""

from spikearm.experiments.studies.deployment.deployment import ControllerDeployment
from spikearm.experiments.studies.deployment.table import share, tightest
from spikearm.experiments.words import counted, listed
from spikearm.loihi_deploy.checks.report import Report, Row
from spikearm.loihi_deploy.limits import CORES
from spikearm.loihi_deploy.plain_names import plain_name


def deployment_verdict(name: str, found: ControllerDeployment) -> str:
    """Write a verdict on the deployment of an arm's controller.

    Args:
        name: Name of the arm.
        found: Result of the deployment.
    """
    if found.stages is None:
        causes = " ".join(row.remedy for row in found.report.breaches)
        return f"The controller of {name} cannot be built for the chip. {causes}".strip()
    return fit_verdict(name, found.report, found.stages.deployment.placement.cores_per_chip)


def fit_verdict(name: str, report: Report, cores_per_chip: tuple[int, ...]) -> str:
    """Write whether a controller fits, its cores, and its breaches or its tightest limit.

    Args:
        name: Name of the arm.
        report: Use of every limited resource.
        cores_per_chip: Number of cores that are used of each chip.
    """
    takes = (
        f"it takes {counted(sum(cores_per_chip), 'core')} of {counted(len(cores_per_chip), 'chip')}"
    )
    if not report.ok:
        broken = listed([row.resource for row in report.breaches])
        return (
            f"The controller of {name} does not fit the chip: {takes}, and breaks "
            f"{counted(len(report.breaches), 'limit')} ({broken})."
        )
    within = [row for row in tightest(report) if row.resource != CORES.resource]
    nearest = f" Its tightest limit: {_use(within[0])}." if within else ""
    return f"The controller of {name} fits the chip: {takes}.{nearest}"


def _use(row: Row) -> str:
    where = f" (on {plain_name(row.where)})" if row.where else ""
    return f"{row.resource}, {100 * share(row):.0f} % of {row.limit:,}{where}"
