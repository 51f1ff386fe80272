"""Files become documents, sentences and passages; nothing here changes a letter."""
