"""Host's part of a network as a compiled program."""
