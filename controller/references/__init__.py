"""Targets, the references that they give, and the joint motions that belong to these."""
