"""The QR code an operator sets is sent as a picture; without it the app is named in words."""

from bot.app import build_client
from tests.test_conversations import act
from tests.whole import Bot, paper, running


def test_without_a_picture_the_app_is_named(bot: Bot) -> None:
    assert "“吉林掌上社保”" in act(bot.follower(), "二维码")


def test_the_operators_picture_is_sent(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "app.jpg"
    file.write_bytes(paper("portrait"))
    with running(
        settings.model_copy(update={"paths": settings.paths.model_copy(update={"jilin_app_qr": file})})
    ) as bot:
        follower = bot.follower()
        assert "“吉林掌上社保”" in act(follower, "二维码")  # not uploaded yet
        client = build_client(bot.settings, bot.redis)
        assert bot.world.pictures.upload(client) == 1
        assert bot.world.pictures.upload(client) == 0
        exchange = follower.say("APP二维码")
        assert exchange.reply is not None and exchange.reply.kind == "image"
        act(follower, "申领")
        act(follower, "吉林省")
        assert "最后一次交失业保险" in act(follower, "二维码")
