"""Training: the only package that loads TensorFlow. Needs the extra ``[train]``."""
