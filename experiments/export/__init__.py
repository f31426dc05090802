"""Export of trained controllers to other tools."""
