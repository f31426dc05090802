"""Weights of controllers, with their scaling, their neurons, and files of them."""
