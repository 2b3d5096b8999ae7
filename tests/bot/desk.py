"""The office's desk as a person at a terminal has it, beside a running bot."""

import json
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main
from bot.simulator.follower import Follower
from dialogs.session import Session
from storage.filed import Claim
from tests.test_conversations import act
from tests.test_promises import whole_claim
from tests.whole import AES_KEY, Bot


@dataclass
class Desk:
    """`claimbot claim …` on the stores of this bot."""

    bot: Bot
    config: Path

    @classmethod
    def of(cls, bot: Bot) -> "Desk":
        wechat = bot.settings.wechat
        settings = {
            "wechat": {"app_id": wechat.app_id, "app_secret": "x", "token": "testtoken", "encoding_aes_key": AES_KEY},
            "redis": {"url": bot.settings.redis.url},
            "paths": {"data_dir": str(bot.settings.paths.data_dir)},
        }
        path = bot.settings.paths.data_dir / "desk.toml"
        lines = (
            f"[{table}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in row.items())
            for table, row in settings.items()
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return cls(bot, path)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.config), "claim", *words])

    def does(self, *words: str) -> str:
        """A deed that is done; what was printed."""
        ended = self.run(*words)
        assert ended.exit_code == 0, ended.output
        return ended.output

    def refuses(self, *words: str) -> str:
        """A deed that is not done; the one line that says why."""
        ended = self.run(*words)
        assert ended.exit_code == 2, ended.output
        assert "Traceback" not in ended.output
        return ended.output


@dataclass
class Filed:
    """Somebody whose claim is filed."""

    bot: Bot
    follower: Follower
    receipt: str

    @classmethod
    def by(cls, bot: Bot, name: str = "oFiled-000000000000000000001") -> "Filed":
        follower = bot.follower(name)
        whole_claim(follower)
        (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        return cls(bot, follower, claim.receipt)

    @property
    def person(self) -> str:
        return self.bot.world.sessions.person_of(self.follower.openid)

    @property
    def claim(self) -> Claim:
        found = self.bot.world.claims.by_receipt(self.receipt)
        assert found is not None
        return found

    @property
    def session(self) -> Session:
        found = self.bot.world.sessions.load(self.person).session
        assert found is not None
        return found

    def says(self, line: str) -> str:
        return act(self.follower, line)
