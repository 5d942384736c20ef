"""All verbs in one command."""

from __future__ import annotations

import typer

from clonewatch.cli import (
    cases,
    check,
    clocks,
    decode,
    demo,
    detect,
    evaluate,
    lab,
    records,
    replay,
    report,
    run,
    status,
    suspension,
    travel,
    twins,
)

app = typer.Typer(
    name="clonewatch",
    help="Finds cloned cellular phones in IS-41 registration traffic.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("clocks")(clocks.clocks)
app.command("replay")(replay.replay)
app.command("detect")(detect.detect)
app.command("decode")(decode.decode)
app.command("evaluate")(evaluate.evaluate)
app.add_typer(travel.app, name="travel")
app.add_typer(records.app, name="records")
app.add_typer(lab.app, name="lab")
app.add_typer(cases.app, name="cases")
app.add_typer(suspension.app, name="suspension")
app.command("report")(report.report)
app.command("status")(status.status)
app.command("twins")(twins.twins)
app.command("demo")(demo.demo)
