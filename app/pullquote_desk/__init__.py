"""The desk: where a person decides what the program may only guess, and the program follows."""
