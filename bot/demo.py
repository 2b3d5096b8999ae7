"""`claimbot demo`: the bot on its embedded defaults and a simulated WeChat, in one command."""

import os
import secrets
import string
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

from bot.config import Settings, read_settings
from bot.logs import configure, logger
from bot.menu_file import menu_text
from bot.publishing import last_published, push
from bot.serving import check_port, serve
from bot.simulator.settings import SimulatorSettings
from bot.verifier_callback import PATH
from storage.errors import StoreUnavailable

SIMULATOR_PORT = 8001
AGENCY_URL = f"http://127.0.0.1:{SIMULATOR_PORT}/agency"
DEMO_CONFIG = Path("var/demo.toml")
_LETTERS = string.ascii_letters + string.digits


def demo_config() -> Path:
    """The demo's own settings with fresh secrets, made once and kept: drafts outlive a restart."""
    if not DEMO_CONFIG.exists():
        DEMO_CONFIG.parent.mkdir(parents=True, exist_ok=True)
        DEMO_CONFIG.write_text(
            f"""# made by `claimbot demo`; delete it to start afresh
[wechat]
app_id = "wxdemo00000000000"
app_secret = "{_random(32)}"
token = "{_random(16)}"
encoding_aes_key = "{_random(43)}"
mode = "safe"
api_base_url = "http://127.0.0.1:{SIMULATOR_PORT}"

[account]
operator = "演示经办机构"

[console]
https = false

[verifier]
kind = "http"
url = "http://127.0.0.1:{SIMULATOR_PORT}/verifier"
key_id = "demo"
secret = "{_random(32)}"
""",
            encoding="utf-8",
        )
        DEMO_CONFIG.chmod(0o600)
    return DEMO_CONFIG


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def simulated(settings: Settings) -> SimulatorSettings:
    """The simulator's side of the same account."""
    wechat, agency = settings.wechat, settings.agency
    played = agency.url == AGENCY_URL
    return SimulatorSettings(
        bot_url=f"http://127.0.0.1:{settings.server.port}/wechat", app_id=wechat.app_id,
        app_secret=wechat.app_secret.get_secret_value(), token=wechat.token.get_secret_value(),
        aes_key=wechat.encoding_aes_key.get_secret_value(), mode=wechat.mode, port=SIMULATOR_PORT,
        agency_key_id=agency.key_id if played else "",
        agency_secret=agency.secret.get_secret_value() if played else "",
        verifier_key_id=settings.verifier.key_id, verifier_secret=settings.verifier.secret.get_secret_value(),
        verifier_callback=f"http://127.0.0.1:{settings.server.port}{PATH}",
    )  # fmt: skip


def run(config: Path | None, *, with_agency: bool = False) -> None:
    """Serve until interrupted. Raises CannotStart, BadSettings.
    with_agency  claims are handed over to an agency's platform, which the simulator plays
    """
    if with_agency:  # by environment: every process of the demo inherits it
        os.environ |= {
            "CLAIMBOT_AGENCY__URL": AGENCY_URL, "CLAIMBOT_AGENCY__KEY_ID": "demo",
            "CLAIMBOT_AGENCY__SECRET": _random(32),
        }  # fmt: skip
    config = config or demo_config()
    settings = read_settings(config)
    configure(settings.log.level)
    check_port("127.0.0.1", SIMULATOR_PORT)
    check_port(settings.server.host, settings.server.port)
    simulator = _start_simulator(simulated(settings))
    threading.Thread(target=_when_up, args=(settings,), daemon=True).start()
    try:
        serve(settings, config)
    finally:
        simulator.terminate()
        simulator.wait(timeout=10)


def _start_simulator(account: SimulatorSettings) -> "subprocess.Popen[bytes]":
    words = [
        "--port", str(account.port), "--bot-url", account.bot_url, "--app-id", account.app_id, "--mode", account.mode,
        "--agency-key-id", account.agency_key_id,
        "--verifier-key-id", account.verifier_key_id, "--verifier-callback", account.verifier_callback,
    ]  # fmt: skip
    secrets_of = {  # by environment: a command line is seen by everybody on the machine
        "SIMULATOR_APP_SECRET": account.app_secret, "SIMULATOR_TOKEN": account.token,
        "SIMULATOR_AES_KEY": account.aes_key, "SIMULATOR_AGENCY_SECRET": account.agency_secret,
        "SIMULATOR_VERIFIER_SECRET": account.verifier_secret,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "bot.simulator", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**os.environ, **secrets_of},
    )  # fmt: skip


def _when_up(settings: Settings, wait_s: float = 60) -> None:
    """Publish the menu to the simulated account once both answer, then say where the phone is."""
    address = f"http://{settings.server.host}:{settings.server.port}/readyz"
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        try:
            if requests.get(address, timeout=2).ok and requests.get(settings.wechat.api_base_url, timeout=2).ok:
                break
        except requests.RequestException:
            pass
        time.sleep(0.2)
    else:
        return
    try:
        push(settings, last_published(settings) or menu_text(settings.paths.menu), "claimbot demo")
    except (ValueError, OSError, StoreUnavailable) as trouble:
        logger().error("menu not published", trouble=str(trouble))
    print(f"\n手机页面 / phone page:  http://127.0.0.1:{SIMULATOR_PORT}/\n", flush=True)
    if settings.agency.url == AGENCY_URL:
        print(f"经办机构平台（模拟） / simulated agency:  POST {AGENCY_URL}/_control\n", flush=True)
