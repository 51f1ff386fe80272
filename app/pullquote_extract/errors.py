"""The error that a file which cannot be read raises."""


class ExtractionError(ValueError):
    """A file cannot be read; the message says in plain words why, and after a ";" what to do."""
