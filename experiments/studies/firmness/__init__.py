"""Firmness: what gains and a smoother torque buy, and what they cost."""
