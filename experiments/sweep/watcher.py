"""Observer of a sweep."""


class SweepWatcher:
    """Observer of a sweep's progress; this one does nothing."""

    def address(self, address: str) -> None:
        """Show the address of the dashboard."""

    def finished(self) -> None:
        """Count a finished task."""
