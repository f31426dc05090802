"""Courses of targets, and the scenes that they go through."""
