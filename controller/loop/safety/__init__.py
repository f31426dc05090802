"""Safety: what stands between sensors, controller and arm, and stops the arm."""
