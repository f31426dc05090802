"""Observers of a training."""


class TrainingWatcher:
    """Observer of a training; this one ignores everything."""

    def begin(self, step: str, n_items: int) -> None:
        """Begin a step of so many items."""

    def advance(self) -> None:
        """Count a finished item."""

    def notice(self, text: str) -> None:
        """Show a remark."""
