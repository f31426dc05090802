"""Records of motions in the formats of robotics: Rerun, MCAP and rosbag2."""
