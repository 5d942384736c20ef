"""The command: ``clonewatch VERB``, or ``python -m clonewatch VERB``."""

from __future__ import annotations

from clonewatch import garbage


def main() -> None:
    """Run the command."""
    garbage.starting()
    from clonewatch.cli.app import app  # noqa: PLC0415  # under the above already

    try:
        app(prog_name="clonewatch")
    finally:
        garbage.ending()


if __name__ == "__main__":
    main()
