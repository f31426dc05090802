"""Adaptive networks, which learn unmodelled joint torques beside a controller."""
