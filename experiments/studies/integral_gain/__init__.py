"""Search for the integral gain of PID control, and its bound, under an unknown perturbation."""
