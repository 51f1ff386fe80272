"""Building the index, following the corpus, keeping records, measuring."""
