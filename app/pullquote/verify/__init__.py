"""Whether words stand in the sources, and whose they are; receipts and citations."""
