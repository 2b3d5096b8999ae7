"""`claimbot …`: every command. Each failure is one clear line and a non-zero exit."""

import click

from bot.commands.asking import ask, read
from bot.commands.backups import backup, restore
from bot.commands.claims import claim
from bot.commands.keys import keys
from bot.commands.menus import menu
from bot.commands.offices import office
from bot.commands.persons import person
from bot.commands.photos import photos
from bot.commands.programmes import programme
from bot.commands.running import chat, check, demo, serve, work
from bot.commands.staff import audit, staff
from bot.config import settings_path


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(dir_okay=False), help="The settings file; else CLAIMBOT_CONFIG.")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """失业金申领助手: the backend of a WeChat official account that helps people claim unemployment insurance."""
    context.obj = settings_path(config)


for command in (
    serve, work, demo, chat, check, office, ask, read, programme, menu, keys, photos, claim, person, staff, audit,
    backup, restore,
):  # fmt: skip
    main.add_command(command)

if __name__ == "__main__":
    main()
