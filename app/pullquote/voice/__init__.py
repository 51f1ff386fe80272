"""Whose words or claims each part of a document is, and how surely."""
