"""Experiments with controllers: tasks, perturbations, studies, records and the command line."""
