"""From blocks to cores, and the spikes between them."""
