"""`python -m pullquote` is the command line."""

from pullquote.cli import main

main()
