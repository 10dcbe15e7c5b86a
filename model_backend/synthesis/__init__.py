"""Documents we generate, for samples, training and tests."""
