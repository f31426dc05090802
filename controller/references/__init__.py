"""Where the hand should be, and the joint motions that belong to it."""
