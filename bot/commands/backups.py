"""claimbot backup DIR, backup verify DIR, restore DIR."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.terminal import Stop, settings_of
from storage.errors import KeyringError, StoreUnavailable


@click.command()
@click.argument("words", nargs=-1, metavar="DIR | verify DIR")
@click.option("--photos", type=click.Choice(["copy", "list"]), help="Copy the photographs (a folder's default) or only "
              "name them (a bucket's default: replicate it).")  # fmt: skip
@click.option("--with-keys", type=click.Path(dir_okay=False, path_type=Path),
              help="Also copy the key file there, outside DIR: who holds both can read everything.")  # fmt: skip
@click.pass_context
def backup(context: click.Context, words: tuple[str, ...], photos: str | None, with_keys: Path | None) -> None:
    """Back up claims, conversations and photographs into DIR while the bot runs; `verify DIR` reads one through.
    Configuration and key file are not in it: keep them apart."""
    from storage import backup_folder
    from storage.backup_folder import BackupUnusable

    match words:
        case ("verify", name):
            try:
                found = backup_folder.read(Path(name))
            except BackupUnusable as unusable:
                raise Stop(str(unusable)) from unusable
            click.echo(f"whole, made {found['made_at']}: {_counted(found['counts'])}; keys {', '.join(found['keys'])}")
            return
        case (name,) if name != "verify":
            pass
        case _:
            raise Stop("say where: `claimbot backup DIR`, or `claimbot backup verify DIR`")
    from bot.backing_up import back_up, photos_by_default

    settings, target = settings_of(context), Path(name)
    if with_keys is not None and target.resolve() in (with_keys.resolve(), *with_keys.resolve().parents):
        raise Stop("--with-keys: not inside the backup: who holds both can read everything")
    try:
        facts = back_up(settings, target, photos or photos_by_default(settings), datetime.now(UTC))  # type: ignore[arg-type]
        if with_keys is not None:
            with_keys.touch(mode=0o600)
            shutil.copyfile(settings.keyring_path, with_keys)
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}") from trouble
    except BackupUnusable as unusable:
        raise Stop(str(unusable)) from unusable
    except (StoreUnavailable, OSError, ValueError) as trouble:
        raise Stop(f"no backup was made ({trouble}); mend that and run it again") from trouble
    click.echo(f"{target}: {_counted(facts['counts'])}; to read it the key file is needed: {settings.keyring_path}")


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--over", is_flag=True, help="Replace what is there.")
@click.option("--erasures", type=click.Path(dir_okay=False, path_type=Path),
              help="A later SQLite file that knows who was erased since; else the one that is replaced.")  # fmt: skip
@click.pass_context
def restore(context: click.Context, source: Path, over: bool, erasures: Path | None) -> None:
    """Put a backup back; the bot must not run. Afterwards start it: it goes on where the backup was made."""
    from bot.restoring import NotEmpty
    from bot.restoring import restore as run
    from bot.serving import CannotStart
    from storage.backup_folder import BackupUnusable

    settings = settings_of(context)
    try:
        done = run(settings, source, datetime.now(UTC), over=over, erasures=erasures)
    except KeyringError as trouble:
        raise Stop(f"[paths] keyring: {trouble}; put the key file back that was kept with this backup") from trouble
    except (BackupUnusable, NotEmpty, CannotStart) as refused:
        raise Stop(str(refused)) from refused
    except (StoreUnavailable, OSError, ValueError) as trouble:
        raise Stop(f"not restored ({trouble}); mend that and run it again with --over") from trouble
    click.echo(f"{done.people} people, {done.claims} claims, {done.photos} photographs are back")
    if done.photos_missing:
        click.echo(f"{done.photos_missing} photographs are not in the bucket: get them back there from its replica")
    if done.erased:
        click.echo(
            f"{done.erased} people were erased since: the worker does it again within half a minute of the start"
        )
    if done.pending:
        click.echo(f"{done.pending} photographs are looked for again")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())
