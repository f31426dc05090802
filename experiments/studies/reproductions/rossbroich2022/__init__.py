"""Rossbroich, Gygax and Zenke 2022: weights from the fluctuations of membranes."""
