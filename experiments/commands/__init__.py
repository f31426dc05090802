"""The sub-commands of ``spikearm``, each a frozen dataclass that executes itself."""
