"""The full bot beside a plain comparison app and a bare Flask view: one interleaved run, same server, same load.

    python -m benchmarks.webhook [--workers 1] [--threads 1] [--rounds 3] [--seconds 5] [--json FILE]

Needs wrk (Debian's package wrk). All three run under granian; one is loaded at a time, in turn, again and again. The
requests are signed and sealed beforehand as WeChat does it; every message is a new one of a person in mid-claim.
A run whose machine was busy with something else says so: repeat it, do not believe it.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import redis

from bot.simulator.delivery import sealed
from bot.simulator.messages import render
from bot.simulator.settings import SimulatorSettings
from storage import embedded
from tests.storm import ANSWERS
from tests.test_processes import children, free_port, served, written_config
from tests.whole import AES_KEY

FORM = (*ANSWERS, "帮助")
"""Twelve messages; the claim's questions up to its first photograph."""
CONNECTIONS = 8
BLOCK = 64
"""So many people take turns: one's next message goes out when the last one was answered long since."""
SHARE_OF_FULL = 0.7
OF_REQUESTS = ("get", "evalsha", "hgetall", "hset")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class App:
    """One of the three. `redis` counts its commands; None for the bare one."""

    name: str
    port: int
    pid: int
    redis: "redis.Redis | None"


@dataclass(frozen=True, slots=True)
class Slice:
    """One app under load for some seconds."""

    app: str
    rps: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_us: float
    redis_commands: float
    noise: float
    wrong: int


def presigned(path: Path, port: int, people: Sequence[str], now: int) -> None:
    """Requests of these people, each answering the form from its beginning; a line each."""
    account = SimulatorSettings(
        bot_url=f"http://127.0.0.1:{port}/wechat",
        app_id="wx0000000000000000",
        token="testtoken",
        aes_key=AES_KEY,
        mode="safe",
    )
    number = time.time_ns()
    with path.open("w", encoding="utf-8") as kept:
        for start in range(0, len(people), BLOCK):
            for text in FORM:
                for openid in people[start : start + BLOCK]:
                    number += 1
                    nodes = (("MsgType", "text"), ("Content", text), ("MsgId", str(number)))
                    request = sealed(render(account.account_id, openid, now, nodes), openid, account, now)
                    kept.write(f"{request.url.partition(str(port))[2]}\t{request.body.decode()}\n")


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for child, _ in children(pid):
        found += tree(child)
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds of the processes that serve: all below this one but the store."""
    total = 0
    for one in tree(pid):
        if b"valkey" in Path(f"/proc/{one}/cmdline").read_bytes():
            continue
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def others_s() -> float:
    """CPU seconds that everything on this machine has used."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    busy = [int(value) for place, value in enumerate(fields) if place not in (3, 4)]
    return sum(busy) / TICKS


def loaded(app: App, folder: Path, seconds: int, people: int, connections: int, pause_ms: float = 0) -> Slice:
    """Load one app; what nobody here used of the machine's CPU meanwhile is noise."""
    name = f"{time.time_ns():x}"
    requests, result = folder / f"{app.name}.requests", folder / f"{app.name}.json"
    presigned(requests, app.port, [f"o{name}-{number:09d}" for number in range(people)], int(time.time()))
    before = commands(app)
    cpu, everything, own = cpu_s(app.pid), others_s(), sum(os.times()[:4])
    store = store_s()
    ended = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(Path(__file__).parent / "load" / "presigned.lua"),
         f"http://127.0.0.1:{app.port}", "--", str(requests), str(pause_ms)],
        env={**os.environ, "WRK_RESULT": str(result)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        sys.exit(f"wrk: {ended.stderr or ended.stdout}")
    told = json.loads(result.read_text())
    if told["wrapped"] and app.redis is not None:  # the bare one does not mind repeats
        sys.exit(f"{app.name} answered more than was signed: raise --people")
    used = cpu_s(app.pid) - cpu
    load = sum(os.times()[:4]) - own
    noise = (others_s() - everything - used - load - (store_s() - store)) / seconds
    count = told["requests"]
    return Slice(
        app.name, count / told["seconds"], told["p50_ms"], told["p95_ms"], told["p99_ms"], used / count * 1e6,
        (commands(app) - before) / count, noise, told["wrong"] + told["errors"],
    )  # fmt: skip


def commands(app: App) -> float:
    """Commands that requests have sent to this app's Redis so far: a script is one, whatever it does inside; the
    worker's own are none."""
    if app.redis is None:
        return 0
    stats = app.redis.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in OF_REQUESTS)


def store_s() -> float:
    """CPU seconds of every Valkey of this user."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if b"valkey" in (entry / "cmdline").read_bytes():
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    total += int(fields[11]) + int(fields[12])
            except OSError:
                continue
    return total / TICKS


@contextmanager
def under_granian(name: str, workers: int, threads: int, port: int, env: dict[str, str]) -> Iterator[int]:
    """A Flask app of this folder under granian; its process."""
    words = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        str(workers), "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", f"benchmarks.{name}:app",
    ]  # fmt: skip
    process = subprocess.Popen(words, env={**os.environ, **env}, stdout=subprocess.DEVNULL)
    try:
        answers(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(port: int) -> None:
    """Wait until somebody listens."""
    import socket

    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nobody listens on {port}")


@contextmanager
def three(folder: Path, workers: int, threads: int) -> Iterator[list[App]]:
    """All three, up and warm."""
    with ExitStack() as stack:
        ports = [free_port() for _ in range(3)]
        bare = stack.enter_context(under_granian("bare_app", workers, threads, ports[0], {}))
        store = embedded.start(folder / "plain-valkey")
        stack.callback(store.stop)
        env = {
            "WECHAT_TOKEN": "testtoken", "WECHAT_AES_KEY": AES_KEY, "WECHAT_APP_ID": "wx0000000000000000",
            "REDIS_URL": store.url,
        }  # fmt: skip
        plain = stack.enter_context(under_granian("plain_app", workers, threads, ports[1], env))
        rest = f'[reply]\nphotos_waiting = {min(8, threads - 1)}\n[log]\nlevel = "error"\n'
        config = written_config(folder, "http://127.0.0.1:1", ports[2], rest=rest)
        text = config.read_text("utf-8").replace("[server]\n", f"[server]\nworkers = {workers}\nthreads = {threads}\n")
        config.write_text(text, "utf-8")
        full = stack.enter_context(served(config, ports[2]))
        own = redis.Redis(unix_socket_path=str(embedded.socket_path(folder / "var")))
        yield [
            App("bare", ports[0], bare, None), App("plain", ports[1], plain, redis.Redis.from_url(store.url)),
            App("full", ports[2], full.pid, own),
        ]  # fmt: skip


def median(slices: Sequence[Slice], app: str, what: str) -> float:
    """The middle of an app's rounds."""
    return statistics.median(getattr(one, what) for one in slices if one.app == app)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--people", type=int, default=2500)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    slices: list[Slice] = []
    calm: list[Slice] = []
    with tempfile.TemporaryDirectory() as name, three(Path(name), given.workers, given.threads) as apps:
        folder = Path(name)
        people = {"bare": given.people * 2, "plain": given.people, "full": given.people}
        for app in apps:  # the full one's workers come up with their first jobs
            loaded(app, folder, 8 if app.name == "full" else 2, people[app.name], CONNECTIONS)
        for _ in range(given.rounds):
            for app in apps:
                slices.append(loaded(app, folder, given.seconds, people[app.name], CONNECTIONS))
        for app in apps:  # each connection asks, waits for the answer, and pauses: about 70 % of its full load
            rps = SHARE_OF_FULL * median(slices, app.name, "rps")
            busy_ms = 1000 / median(slices, app.name, "rps")
            pause_ms = CONNECTIONS * 4 / rps * 1000 - busy_ms
            calm.append(loaded(app, folder, given.seconds, people[app.name], CONNECTIONS * 4, pause_ms))
    print(f"granian, workers {given.workers}, threads {given.threads}; {given.rounds} rounds of {given.seconds} s")
    print(
        f"{'app':6}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'CPU us':>8}{'redis':>7}{'noise':>7}{'wrong':>7}"
    )
    for app in ("bare", "plain", "full"):
        row = {
            what: median(slices, app, what)
            for what in ("rps", "p50_ms", "p95_ms", "p99_ms", "cpu_us", "redis_commands", "noise")
        }
        wrong = sum(one.wrong for one in slices if one.app == app)
        print(
            f"{app:6}{row['rps']:8.0f}{row['p50_ms']:8.2f}{row['p95_ms']:8.2f}{row['p99_ms']:8.2f}{row['cpu_us']:8.0f}"
            f"{row['redis_commands']:7.2f}{row['noise']:7.2f}{wrong:7d}"
        )
    for one, other in (("full", "plain"), ("full", "bare"), ("plain", "bare")):
        print(
            f"{one}/{other}: requests {median(slices, one, 'rps') / median(slices, other, 'rps'):.2f}, "
            f"CPU {median(slices, one, 'cpu_us') / median(slices, other, 'cpu_us'):.2f}"
        )
    for one in calm:
        print(f"at {one.rps:.0f} req/s (about {SHARE_OF_FULL:.0%}): {one.app} p99 {one.p99_ms:.2f} ms")
    if given.json:
        kept = {"loaded": [asdict(one) for one in slices], "calm": [asdict(one) for one in calm]}
        given.json.write_text(json.dumps(kept, indent=1), "utf-8")


if __name__ == "__main__":
    main()
