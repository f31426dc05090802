"""Bringing one's own arm: from a file that somebody wrote to an arm that is measured."""
