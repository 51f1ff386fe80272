"""Faults, losses and load: harnesses that disturb a real store and look at what is left."""
