"""`proofset completion bash|zsh|fish`: what makes a shell complete commands, options, graphs and plug-ins."""

from __future__ import annotations

import click

from ..errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    r"""Print the completion script of SHELL, for its start-up file.

    \b
    bash   echo 'eval "$(proofset completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(proofset completion zsh)"' >> ~/.zshrc
    fish   proofset completion fish > ~/.config/fish/completions/proofset.fish
    """
    from click.shell_completion import get_completion_class

    from . import cli

    made = get_completion_class(shell)
    if made is None:
        raise UsageError(f"{shell}: click has no completion for it")
    # Without click's own look at the version of bash: whoever asks for a script has the shell.
    script = made(cli, {}, "proofset", "_PROOFSET_COMPLETE")
    click.echo(script.source_template % script.source_vars())
