"""The energy of a control step, on the chip and elsewhere."""
