"""``clonewatch run``: the daemon."""

from __future__ import annotations

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, load_kernels


def run(config: options.ConfigFile) -> None:
    """Take registrations as they come, and find clones, until SIGTERM or SIGINT.

    SIGHUP reads the configuration and its tables again.
    """
    with faults_explained():
        import asyncio

        from clonewatch import garbage, logs
        from clonewatch.settings import read

        settings = read(config)
        load_kernels()
        from clonewatch.service import serve

        garbage.running()
        logs.configure(settings.config.log)
        asyncio.run(serve(config, settings))
