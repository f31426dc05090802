"""Arithmetic of the weights: readouts that are learned from the files of one training."""

from spikearm.arm_models import load_arm
from spikearm.experiments.studies.ablations.arithmetic import ArithmeticStudy
from spikearm.experiments.training.training_config import TrainingConfig


def test_files_come_from_the_training_first_and_what_is_there_stays(tmp_path):
    trained, folder = tmp_path / "trained", tmp_path / "rescale"
    for place, names in ((trained, ("samples",)), (folder / "A", ("samples", "compression"))):
        place.mkdir(parents=True)
        for name in (*names, "readout-loihi"):
            (place / f"{name}.npz").write_text(f"{name} of {place.name}")
    study = ArithmeticStudy(load_arm("gen3"), TrainingConfig(), trained, folder)
    for place in (folder / "A", folder / "B"):
        study.share_files(place)
    assert {path.name: path.read_text() for path in (folder / "B").iterdir()} == {
        "samples.npz": "samples of trained",
        "compression.npz": "compression of A",
    }
    assert (folder / "A" / "samples.npz").read_text() == "samples of A"
