"""Arms from MJCF files: hand, joints, home pose and torque motors."""
