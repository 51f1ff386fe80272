"""A language model beside the ranker: it points at windows by their numbers, and may sum up."""
