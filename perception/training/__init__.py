"""Training of networks that see, in TensorFlow: needs the extra ``train``."""
