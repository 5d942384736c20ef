"""The command: ``clonewatch VERB``, or ``python -m clonewatch VERB``."""

from __future__ import annotations

import os

from clonewatch import garbage


def main() -> None:
    """Run the command."""
    garbage.starting()
    # NumPy would start a thread for each processor when it is imported, for products of matrices:
    # nothing here has any to multiply, and they cost up to a fifth of a start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from clonewatch.cli.app import app  # noqa: PLC0415  # under the above already

    try:
        app(prog_name="clonewatch")
    finally:
        garbage.ending()


if __name__ == "__main__":
    main()
