"""`python -m processor`: the same as the installed command."""

from processor.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
