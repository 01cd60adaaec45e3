"""`python -m walkon` is the same as `walkon`."""

from walkon.cli import main

main()
