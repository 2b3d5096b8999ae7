"""python -m bot.simulator: the platform and its phone page.

The secrets may come by environment instead, where other users of the machine do not see them: SIMULATOR_APP_SECRET,
SIMULATOR_TOKEN, SIMULATOR_AES_KEY, SIMULATOR_AGENCY_SECRET, SIMULATOR_VERIFIER_SECRET.
"""

import argparse
import os
import sys
from collections.abc import Mapping

from bot.simulator.server import serve
from bot.simulator.settings import SimulatorSettings


def settings_from(words: list[str] | None, environ: Mapping[str, str]) -> SimulatorSettings:
    """Exits with a message when a value is missing or wrong."""
    parser = argparse.ArgumentParser("python -m bot.simulator", description="WeChat, played over HTTP")
    default = SimulatorSettings()
    parser.add_argument("--host", default=default.host)
    parser.add_argument("--port", type=int, default=default.port)
    parser.add_argument("--bot-url", default=default.bot_url, help="the webhook")
    parser.add_argument("--app-id", default=default.app_id)
    parser.add_argument("--app-secret", default=environ.get("SIMULATOR_APP_SECRET", default.app_secret))
    parser.add_argument("--token", default=environ.get("SIMULATOR_TOKEN", default.token))
    parser.add_argument("--aes-key", default=environ.get("SIMULATOR_AES_KEY", ""), help="EncodingAESKey, 43 characters")
    parser.add_argument("--verifier-key-id", default=default.verifier_key_id)
    parser.add_argument("--verifier-secret", default=environ.get("SIMULATOR_VERIFIER_SECRET", ""))
    parser.add_argument("--verifier-callback", default="", help="where results of the real-name check are told")
    parser.add_argument("--mode", default=default.mode, choices=["plain", "compatible", "safe"])
    parser.add_argument("--account-name", default=default.account_name)
    parser.add_argument("--agency-key-id", default="", help="play an employment agency's platform too, below /agency")
    parser.add_argument("--agency-secret", default=environ.get("SIMULATOR_AGENCY_SECRET", ""))
    given = parser.parse_args(words)
    try:
        return SimulatorSettings(**vars(given))
    except ValueError as wrong:
        parser.error(str(wrong))


def main() -> None:
    settings = settings_from(None, os.environ)
    try:
        serve(settings)
    except OSError as taken:
        sys.exit(f"cannot listen on {settings.host}:{settings.port}: {taken.strerror}")


if __name__ == "__main__":
    main()
