"""Layout of the chip's numbers in memory."""
