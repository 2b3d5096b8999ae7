"""Two web machines and two workers share Redis, PostgreSQL, a bucket and RabbitMQ, nothing else; any of them answers."""

import re
from pathlib import Path

import pytest

from bot.app import build_world
from bot.config import read_settings
from storage.redis_client import connect
from tests.machines import Farm, farm
from tests.postgres import Postgres
from tests.rabbit import Rabbit, broker
from tests.rolling import rolled
from tests.s3 import S3Server
from tests.test_processes import answered, told_of_photo
from tests.valkeys import Server, started, wait_for
from tests.whole import paper

ANSWERS = (
    "申领", "昆明", "我已阅读", "1", "A1234567", "昆明市五华区样例路1号2栋", "同意", "6222000000000001234", "13800138000",
    "同意", "同意",
)  # fmt: skip
PAPERS = ("id_portrait", "id_emblem", "hukou_issue", "hukou_own", "portrait", "bank_card", "social_card")


@pytest.mark.timeout(400)  # a hint that the dead broker lost is handed out again after 15 s
def test_any_machine_answers_while_the_broker_dies_and_hangs_and_machines_are_replaced(
    tmp_path: Path, postgres: Postgres, s3: S3Server
) -> None:
    """One test: the engines and four processes take seconds to start."""
    redis = Server(tmp_path / "redis")
    with started(redis), broker() as rabbit:
        address = f"redis://{redis.address}/0"
        with farm(tmp_path, address, postgres.empty(), rabbit.url, s3) as machines:
            walked_while_the_broker_is_away(machines, rabbit)
            assert connect(address, 1).llen("claimbot") == 0  # the queue is RabbitMQ's
            assert rolled(machines, 2, (machines.webs[0], machines.workers[0])) == []


def walked_while_the_broker_is_away(machines: Farm, rabbit: Rabbit) -> None:
    follower = machines.follower(99)
    for text in ANSWERS:
        answered(follower, text)
    assert "✓ 身份证人像面已收到（1/7）" in told_of_photo(follower, paper(PAPERS[0]))
    rabbit.kill()
    said = follower.send_photo(paper(PAPERS[1]))  # its hint finds nobody; the sweep will
    assert said.attempts == 1 and "检查" in said.text
    assert "身份证国徽面" in answered(follower, "照片")
    rabbit.start()
    settled(machines)
    for name in PAPERS[2:]:
        told_of_photo(follower, paper(name))
    rabbit.freeze()
    exchange = follower.send_photo(paper("id_portrait"))  # one too many: still a reply in time
    assert exchange.attempts == 1
    rabbit.thaw()
    settled(machines)
    answered(follower, "跳过")
    receipt = re.search(r"\d{4} \d{4} \d{4} \d", answered(follower, "提交"))
    assert receipt is not None
    served = machines.front.served
    assert set(served) == {machine.port for machine in machines.webs} and min(served.values()) > 5
    world = build_world(read_settings(machines.webs[0].config))
    (claim,) = world.claims.of(world.sessions.person_of(follower.openid))
    assert claim.answers["medical_card"] == "A1234567" and claim.receipt == receipt[0].replace(" ", "")
    stored = {world.photos.get(claim.person, key) for key in claim.papers.values()}
    assert stored == {paper(name) for name in PAPERS}


def settled(machines: Farm) -> None:
    """No photograph is on its way any more."""
    world = build_world(read_settings(machines.webs[0].config))
    wait_for(lambda: world.pending.count() == 0, within_s=100)
