"""Processes that run the tasks of a sweep."""
