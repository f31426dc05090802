"""Changes to a model, after which nothing but torques of the controller drives the arm."""
