"""Reproductions of published works, each in its kind of experiment."""
