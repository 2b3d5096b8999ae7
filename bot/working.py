"""`claimbot work`: a Celery worker of one kind."""

from bot.app import build_client, build_world, connect_redis, redis_url
from bot.config import Settings
from bot.jobs import PHOTOS, add_tasks, make_celery


def run(settings: Settings, kind: str) -> None:
    """Work until a signal ends it."""
    app = make_celery(settings, redis_url(settings))
    add_tasks(app, lambda: build_world(settings), lambda: build_client(settings, connect_redis(settings)))
    app.worker_main(
        [
            *("worker", "--beat", f"--queues={PHOTOS}", f"--concurrency={settings.jobs.concurrency}"),
            *("--loglevel=warning", "--without-gossip", "--without-mingle", "--max-tasks-per-child=5000"),
            *(f"--hostname={kind}@%h", f"--schedule={settings.paths.data_dir / 'beat'}"),
        ]
    )
