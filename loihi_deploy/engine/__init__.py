"""The compiled engine: discretised blocks as flat arrays, stepped by machine code."""
