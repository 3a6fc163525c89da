"""`landfall completion`: the completion script of a shell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class Shell(StrEnum):
    """The supported shells."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell.")],
) -> None:
    """Print the completion script of a shell.

    In bash and zsh: eval "$(landfall completion bash)"; in fish: landfall completion fish | source.
    """
    from typer._completion_shared import get_completion_script

    print(
        get_completion_script(
            prog_name="landfall", complete_var="_LANDFALL_COMPLETE", shell=shell.value
        )
    )
