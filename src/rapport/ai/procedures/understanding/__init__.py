"""What customers mean, read without a model: which procedure, which values, yes or no."""
