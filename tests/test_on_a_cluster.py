"""The same bot on a Redis Cluster of three real nodes: whole claims, a node killed with -9, slots that move."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.engine_checks import faults
from bot.simulator.follower import Follower
from storage.circuit import Circuit
from storage.nonces import Nonces
from storage.redis_client import connect
from storage.tally import Tally
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.valkeys import Cluster, Server, started, wait_for
from tests.whole import Bot, asks_again, paper, running, settings_for


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes for this file's tests."""
    servers = Cluster(tmp_path_factory.mktemp("cluster"))
    with started(servers):
        yield servers


@pytest.fixture
def on_cluster(cluster: Cluster, tmp_path: Path) -> Iterator[Bot]:
    with running(settings_for(cluster.url, tmp_path)) as bot:
        yield bot


def key_of(bot: Bot, follower: Follower) -> str:
    return f"{{p:{bot.world.sessions.person_of(follower.openid)}}}"


def one_a_node(bot: Bot, cluster: Cluster) -> dict[int, Follower]:
    """By the node's port, somebody whose value lies there."""
    found: dict[int, Follower] = {}
    number = 0
    while len(found) < len(cluster.nodes):
        number += 1
        follower = bot.follower(f"oNode-{number:022d}")
        found.setdefault(cluster.owner(key_of(bot, follower)).port, follower)
    return found


def test_a_whole_claim_from_hello_to_receipt_wherever_its_person_lies(on_cluster: Bot, cluster: Cluster) -> None:
    bot = on_cluster
    for follower in one_a_node(bot, cluster).values():
        assert re.search(r"回执号，请记下来：\n\d{4} \d{4} \d{4} \d", whole_claim(follower)[-1])
        person = bot.world.sessions.person_of(follower.openid)
        (claim,) = bot.world.claims.of(person)
        sent = {paper(line[4:-1]) for line in WHOLE_CLAIM if line.startswith("[照片")}
        assert {bot.world.photos.get(person, key) for key in claim.papers.values()} == sent
    assert bot.world.pending.count() == 0
    assert len(set(bot.world.sessions.names())) == len(cluster.nodes)


def test_each_node_is_looked_at_for_settings_that_lose_answers(on_cluster: Bot, cluster: Cluster) -> None:
    assert [line for line in faults(on_cluster.settings) if "[redis]" in line] == []
    cluster.nodes[2].client.config_set("maxmemory-policy", "allkeys-lru")
    assert [line for line in faults(on_cluster.settings) if "allkeys-lru" in line]
    cluster.nodes[2].client.config_set("maxmemory-policy", "noeviction")


def test_what_is_shared_by_all_processes_is_kept_there_too(on_cluster: Bot, cluster: Cluster) -> None:
    bot, now = on_cluster, 1_800_000_000
    client = connect(cluster.url, 1)
    today, tally = bot.world.clock().date(), Tally(client)
    tally.count(today, "turns", n=3)
    tally.count(today - timedelta(days=1), "turns")
    tally.asked(today, "咕咕")
    tally.person(today, "somebody")
    tally.flush()
    day = tally.day(today)
    assert (day.counts, day.asked, day.people) == ({("turns", ""): 3}, {"咕咕": 1}, 1)
    assert tally.people(today, 30) == 1
    circuit = Circuit(client, "agency")
    for _ in range(5):
        circuit.failed(now)
    assert circuit.state(now) == "open"
    nonces = Nonces(client)
    assert nonces.is_same_deed("n", b"a") and not nonces.is_same_deed("n", b"b")
    code = bot.world.help_codes.offer("owner", "help", 60, 8)
    assert bot.world.help_codes.whose(code) == ("owner", "help")
    assert [bot.world.help_codes.may_try("me") for _ in range(6)].count(True) == 5
    bot.world.meter.record_photos(1, 2, (0, 24), now)
    assert bot.world.meter.photos().unreadable == 2
    bot.world.pending.add("p", "t", now, now)
    bot.world.pending.set_aside("p", "t", now)
    assert bot.world.pending.seen_to() == 1
    board = bot.world.telling.board
    board.add("p", now)
    (errand,) = board.claim_due(now, 60)
    board.settle(errand, None)
    assert board.numbers(now).due == 0


def test_while_a_node_is_down_its_people_are_told_and_the_others_go_on(on_cluster: Bot, cluster: Cluster) -> None:
    bot = on_cluster
    people = one_a_node(bot, cluster)
    for follower in people.values():
        for line in WHOLE_CLAIM[:5]:
            act(follower, line)
    down: Server = next(node for node in cluster.nodes if node != cluster.owner("{pending}:photos"))
    down.kill()
    try:
        for port, follower in people.items():
            exchange = follower.say(WHOLE_CLAIM[5])
            assert asks_again(exchange.text) == (port == down.port), exchange.text
            assert exchange.attempts == 1  # WeChat had its answer before it asked again
    finally:
        down.start()
    wait_for(cluster.whole)
    act(people[down.port], WHOLE_CLAIM[5])
    for follower in people.values():
        for line in WHOLE_CLAIM[6:]:
            said = act(follower, line)
        assert "回执号" in said
        (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        assert claim.answers["medical_card"] == "A1234567"


def test_a_node_that_hangs_is_an_answer_within_the_deadline(on_cluster: Bot, cluster: Cluster) -> None:
    bot = on_cluster
    people = one_a_node(bot, cluster)
    for follower in people.values():
        act(follower, WHOLE_CLAIM[0])
    hung = next(node for node in cluster.nodes if node != cluster.owner("{pending}:photos"))
    hung.freeze()
    try:
        exchange = people[hung.port].say(WHOLE_CLAIM[1])
        assert exchange.attempts == 1 and asks_again(exchange.text)
    finally:
        hung.thaw()
    wait_for(cluster.whole)
    wait_for(lambda: "我已阅读" in act(people[hung.port], WHOLE_CLAIM[1]))  # known to be away for a moment longer


def test_the_whole_cluster_comes_back_and_the_bot_was_built_while_it_was_away(cluster: Cluster, tmp_path: Path) -> None:
    late = connect(cluster.url, 1)
    with running(settings_for(cluster.url, tmp_path)) as bot:
        follower = bot.follower()
        act(follower, WHOLE_CLAIM[0])
        for node in cluster.nodes:
            node.kill()
        assert asks_again(act(follower, WHOLE_CLAIM[1]))
        script = late.register_script("return redis.call('GET', KEYS[1])")
        for node in cluster.nodes:
            node.start()
        wait_for(cluster.whole)
        assert "我已阅读" in act(follower, WHOLE_CLAIM[1])
        assert script(keys=[key_of(bot, follower)])


def test_slots_move_under_load_and_nobody_notices(on_cluster: Bot, cluster: Cluster) -> None:
    bot = on_cluster
    people = [bot.follower(f"oMoving-{number:020d}") for number in range(4)]
    slots = [cluster.slot_of(key_of(bot, follower)) for follower in people]
    slots += [cluster.slot_of("{pending}:photos"), cluster.slot_of("{telling}:due")]
    over = threading.Event()

    def move() -> int:
        moved = 0
        while not over.is_set() or moved < len(slots):
            cluster.migrate(slots[moved % len(slots)], halfway=lambda: over.wait(0.03) and None)
            moved += 1
        return moved

    with ThreadPoolExecutor(len(people) + 1) as pool:
        moving = pool.submit(move)
        said = list(pool.map(whole_claim, people))
        over.set()
        assert moving.result() >= len(slots)
    for follower, replies in zip(people, said, strict=True):
        assert not any(map(asks_again, replies)) and "回执号" in replies[-1]
        (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        assert len(claim.papers) == 7 and claim.answers["home_address"] == WHOLE_CLAIM[5]
    assert bot.world.pending.count() == 0
