"""Collecting documents: from files and the web into the corpus, and held against their pages later."""
