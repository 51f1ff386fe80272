"""The learned models, run without torch."""
