"""Task "seen": an arm reaches for a target that it only knows from what cameras see."""
