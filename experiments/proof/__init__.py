"""Proof of results: what a benchmark claims, motion by motion, and whether it comes out again."""
