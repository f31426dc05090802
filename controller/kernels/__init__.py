"""Compiled functions of a control step: a few numbers each, in every step."""
