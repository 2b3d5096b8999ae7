"""python -m bot.simulator: the platform and its phone page."""

import argparse

from bot.simulator.server import serve
from bot.simulator.settings import SimulatorSettings


def settings_from(words: list[str] | None = None) -> SimulatorSettings:
    """Exits with a message when a value is missing or wrong."""
    parser = argparse.ArgumentParser("python -m bot.simulator", description="WeChat, played over HTTP")
    default = SimulatorSettings()
    parser.add_argument("--host", default=default.host)
    parser.add_argument("--port", type=int, default=default.port)
    parser.add_argument("--bot-url", default=default.bot_url, help="the webhook")
    parser.add_argument("--app-id", default=default.app_id)
    parser.add_argument("--app-secret", default=default.app_secret)
    parser.add_argument("--token", default=default.token)
    parser.add_argument("--aes-key", default="", help="EncodingAESKey, 43 characters")
    parser.add_argument("--mode", default=default.mode, choices=["plain", "compatible", "safe"])
    parser.add_argument("--account-name", default=default.account_name)
    given = parser.parse_args(words)
    try:
        return SimulatorSettings(**vars(given))
    except ValueError as wrong:
        parser.error(str(wrong))


def main() -> None:
    settings = settings_from()
    print(
        f"手机页面：http://{settings.host}:{settings.port}/    webhook: {settings.bot_url} ({settings.mode})",
        flush=True,
    )
    serve(settings)


if __name__ == "__main__":
    main()
