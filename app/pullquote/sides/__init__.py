"""What is put up for debate, and which side a quote takes."""
