"""SoftHebb: features that neurons learn from inputs without labels."""
