"""`python -m pullquote` is the command line."""

from pullquote.cli.main import main

main()
