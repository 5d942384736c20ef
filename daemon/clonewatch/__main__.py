"""The command: ``clonewatch VERB``, or ``python -m clonewatch VERB``."""

from __future__ import annotations

from clonewatch.cli.app import app


def main() -> None:
    """Run the command."""
    app(prog_name="clonewatch")


if __name__ == "__main__":
    main()
