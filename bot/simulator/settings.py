"""What the simulated account is: the same secrets the bot is configured with, and where both listen."""

from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["plain", "compatible", "safe"]


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """One simulated official account.

    bot_url       the webhook, e.g. http://127.0.0.1:8000/wechat
    aes_key       EncodingAESKey, 43 characters; needed unless mode is plain
    account_id    the account's own gh_… name: ToUserName of what followers send
    patience_s    seconds until WeChat hangs up on the bot; the platform's own value is 5
    repeat_s      a repeat leaves so many seconds after the push before it, at the earliest; WeChat's own value is 5
    public_url    the simulator's own address as the bot sees it, when it is not http://host:port
    agency_key_id, agency_secret  of the employment agency that is played too, below /agency; empty: none
    verifier_…    the service of the real-name check: what it signs with, and where it tells results; "" for none
    template_ids  template ids the account owns; empty accepts any
    """

    bot_url: str = "http://127.0.0.1:8000/wechat"
    app_id: str = "wx0000000000000000"
    app_secret: str = field(default="simulated-secret", repr=False)
    token: str = field(default="simulated", repr=False)
    aes_key: str = field(default="", repr=False)
    mode: Mode = "plain"
    host: str = "127.0.0.1"
    port: int = 8001
    account_id: str = "gh_000000000000"
    account_name: str = "失业金申领助手"
    patience_s: float = 5.0
    repeat_s: float = 0.0
    public_url: str = ""
    template_ids: tuple[str, ...] = ()
    agency_key_id: str = ""
    agency_secret: str = field(default="", repr=False)
    verifier_key_id: str = "demo"
    verifier_secret: str = field(default="", repr=False)
    verifier_callback: str = ""

    def __post_init__(self) -> None:
        if self.mode not in ("plain", "compatible", "safe"):
            raise ValueError(f"mode: {self.mode!r} is not plain, compatible or safe")
        if self.mode != "plain" and len(self.aes_key) != 43:
            raise ValueError("aes_key: 43 characters are needed in compatible and safe mode")
