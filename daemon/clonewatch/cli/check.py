"""``clonewatch check``: everything that ``run`` would read."""

from __future__ import annotations

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, load_kernels, say


def check(config: options.ConfigFile) -> None:
    """Read configuration, tables and certificates as `run` would; say every fault.

    What the machine has not compiled yet is compiled, so that `run` starts at once.
    """
    with faults_explained():
        from clonewatch.settings import read

        settings = read(config)
        load_kernels()
    sources, mscs = len(settings.config.sources), len(settings.mscs)
    say(f"{config}: mode {settings.config.mode}, {sources} sources, {mscs} MSCs; nothing is wrong")
