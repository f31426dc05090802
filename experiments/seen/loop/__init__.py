"""Arm, cameras and sight in a closed loop, and what disturbs sight."""
