"""`python -m parley`: the same verbs."""

from parley.cli.main import main

main()
