"""Studies: what is measured, and how it is shown."""
