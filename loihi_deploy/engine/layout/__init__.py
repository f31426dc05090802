"""Where the chip's numbers lie in memory."""
