"""All verbs in one command, each imported and made when it is called, or when all are listed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    import click

# Modules here: each has a function of its name, or an `app` of several verbs.
VERBS: Final = (
    "run",
    "check",
    "clocks",
    "replay",
    "detect",
    "decode",
    "evaluate",
    "report",
    "status",
    "twins",
    "demo",
    "travel",
    "records",
    "lab",
    "cases",
    "suspension",
)


class _Verbs(TyperGroup):
    """Makes a verb when it is asked for: to make all of them takes a tenth of a start."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        # Of a verb that there is not, all are needed: one of them may have been meant.
        for verb in [cmd_name] if cmd_name in VERBS else VERBS:
            if verb not in self.commands:
                self.commands[verb] = _made(verb)
        return self.commands.get(cmd_name)


def _made(verb: str) -> click.Command:
    module = import_module(f"clonewatch.cli.{verb}")
    parent = typer.Typer()
    if hasattr(module, "app"):
        parent.add_typer(module.app, name=verb)
    else:
        parent.command(verb)(getattr(module, verb))
    return get_group(parent).commands[verb]


app = typer.Typer(
    name="clonewatch",
    cls=_Verbs,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def clonewatch() -> None:
    """Finds cloned cellular phones in IS-41 registration traffic."""
