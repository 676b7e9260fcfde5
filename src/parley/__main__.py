"""`python -m parley`: the same verbs."""

from parley.cli import main

main()
