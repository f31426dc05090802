"""Controllers under growing perturbations."""
