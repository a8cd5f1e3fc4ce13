"""`tml-ros sim`: the simulated factory: look at scenarios, play them, render them for training."""

from __future__ import annotations

import typer

from tml_ros.cli.sim_look import export, film, still
from tml_ros.cli.sim_render import render
from tml_ros.cli.sim_show import list_, show

app = typer.Typer(no_args_is_help=True)
app.command("list")(list_)
app.command()(show)
app.command()(still)
app.command()(film)
app.command()(export)
app.command()(render)
