"""``python -m spikearm``: the command line."""

import sys

from spikearm.experiments.cli import main

if __name__ == "__main__":
    sys.exit(main())
