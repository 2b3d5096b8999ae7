"""A Redis by URL: what each form means, and for the job queue."""

import pytest

from storage.redis_client import RedisUrl


def test_sentinels_and_their_service_are_read_and_handed_to_the_queue() -> None:
    where = RedisUrl.parse("redis+sentinel://me:s%40fe@a:1,b/mine?sentinel_password=other")
    assert (where.nodes, where.service, where.password) == ((("a", 1), ("b", 26379)), "mine", "s@fe")
    assert where.as_broker() == "sentinel://me:s%40fe@a:1;sentinel://me:s%40fe@b:26379"
    options = where.broker_options()
    assert options["master_name"] == "mine" and options["sentinel_kwargs"]["password"] == "other"


def test_a_cluster_is_read_and_carries_no_queue() -> None:
    where = RedisUrl.parse("rediss+cluster://:pw@[::1]:7000,b:7001")
    assert (where.nodes, where.tls, where.account["password"]) == ((("::1", 7000), ("b", 7001)), True, "pw")
    assert where.as_broker() == ""


@pytest.mark.parametrize("url", ["redis+sentinel://a:1", "redis+cluster://a:1/0", "http+cluster://a", "redis+x://a",
                                 "redis+cluster://a:x", "redis+cluster://"])  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        RedisUrl.parse(url)


def test_one_server_is_handed_on_as_it_is() -> None:
    assert RedisUrl.parse("redis://a:1/2").as_broker() == "redis://a:1/2"
    assert RedisUrl.parse("unix:///x.sock").as_broker() == "redis+socket:///x.sock"
    assert "pw" not in repr(RedisUrl.parse("redis+cluster://:pw@a:1"))
