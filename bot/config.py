"""TOML and environment to frozen Settings; stops at start-up and names the bad key."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class BadSettings(Exception):
    """The configuration cannot be used; one line a key: its name, what is wrong, how to mend it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WeChat(_Part):
    """The official account, as its page 设置与开发 › 基本配置 shows it."""

    app_id: str = Field(min_length=1)
    app_secret: SecretStr
    token: SecretStr
    encoding_aes_key: SecretStr = SecretStr("")
    mode: Literal["plain", "compatible", "safe"] = "safe"
    api_base_url: str = "https://api.weixin.qq.com"
    picture_hosts: tuple[str, ...] = ()

    @field_validator("token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9]{3,32}", value.get_secret_value()):
            raise ValueError("must be 3 to 32 letters or digits, the same as on WeChat's page 基本配置 › 令牌(Token)")
        return value

    @field_validator("encoding_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9]{43}", value.get_secret_value()):
            raise ValueError("must be the 43 letters and digits of WeChat's page 基本配置 › 消息加解密密钥")
        return value


def _hours(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the day in minutes; empty when it is none."""
    spans = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)\s*", part, re.ASCII)
        if match is None:
            return ()
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not begin < end <= 24 * 60:
            return ()
        spans.append((begin, end))
    return tuple(spans)


class Server(_Part):
    """Where the webhook listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=16, ge=1, le=256)


class Address(_Part):
    """A service by URL; empty: the embedded default under data_dir."""

    url: str = ""


class Photos(_Part):
    """Where photographs lie: a folder, or a bucket of an S3-compatible store (AWS, COS, OSS, MinIO)."""

    url: str = ""
    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")
    virtual_hosted_style: bool = False

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not re.fullmatch(r"file:///.+|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?", value):
            raise ValueError("must be s3://bucket/prefix, file:///a/folder or empty")
        return value

    @field_validator("endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?/?", value):
            raise ValueError(
                "must be https:// and a host, without the bucket, as in https://cos.ap-guangzhou.myqcloud.com"
            )
        return value.rstrip("/")

    @property
    def in_bucket(self) -> bool:
        """Whether the bytes go over the network."""
        return self.url.startswith("s3:")

    def faults(self) -> list[tuple[str, str]]:
        """Keys that do not fit together, with what is wrong."""
        secret = self.secret_access_key.get_secret_value()
        if not self.in_bucket:
            given = {**self.model_dump(exclude={"url", "secret_access_key"}), "secret_access_key": secret}
            return [(key, "is only for url = s3://bucket; set url or leave this out") for key in given if given[key]]
        needed = {"region": self.region, "access_key_id": self.access_key_id, "secret_access_key": secret}
        return [
            (key, "is missing, and url is a bucket; the store's console shows it") for key in needed if not needed[key]
        ]


class JobsPart(_Part):
    """The job queue; an empty URL: the Redis above."""

    broker_url: str = ""
    concurrency: int = Field(default=4, ge=1, le=64)
    reading: bool = True


class Paths(_Part):
    """Folders and files on disk."""

    data_dir: Path = Path("var")
    keyring: Path | None = None
    menu: Path | None = None
    offices: Path | None = None
    jilin_app_qr: Path | None = None


class AccountPart(_Part):
    """Whose account it is."""

    operator: str = "本公众号运营方"
    role: Literal["agency", "helper"] = "agency"
    agents: bool = False
    agent_hours: str = ""

    @field_validator("agent_hours")
    @classmethod
    def _agent_hours(cls, value: str) -> str:
        if value and not _hours(value):
            raise ValueError("must be times like 09:00-12:00, 13:30-17:00, each from before until, or empty")
        return value

    @property
    def agent_minutes(self) -> tuple[tuple[int, int], ...]:
        """From and until, in minutes of the day."""
        return _hours(self.agent_hours)


class Reply(_Part):
    """The time one reply may take."""

    budget_ms: int = Field(default=4000, ge=500, le=4800)
    photos_waiting: int = Field(default=8, ge=0, le=256)


class VerifierPart(_Part):
    """Who checks a claimant's real name, and where the electronic social-security card is to be had."""

    kind: Literal["off", "http"] = "off"
    url: str = ""
    key_id: str = ""
    secret: SecretStr = SecretStr("")
    page: str = ""
    mini_program_appid: str = ""
    mini_program_path: str = ""

    @field_validator("url", "page")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not re.fullmatch(r'https?://[^\s"<>]+', value):
            raise ValueError("must begin with https:// and hold no blanks")
        return value.rstrip("/")

    def faults(self) -> list[tuple[str, str]]:
        """Keys that do not fit together, with what is wrong."""
        needed = {"url": self.url, "key_id": self.key_id, "secret": self.secret.get_secret_value()}
        wrong = [(key, 'is missing, and kind is "http"') for key in needed if self.kind == "http" and not needed[key]]
        if self.mini_program_appid and not self.page:
            wrong.append(("page", "is missing: phones that do not know the mini program open it instead"))
        return wrong


class Retention(_Part):
    """How long what lies where."""

    park_after_days: int = Field(default=7, ge=1, le=365)


class Log(_Part):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    """Everything that can be set. Environment beats file: CLAIMBOT_WECHAT__TOKEN is [wechat] token."""

    model_config = SettingsConfigDict(
        env_prefix="CLAIMBOT_", env_nested_delimiter="__", frozen=True, extra="forbid", env_ignore_empty=True
    )
    wechat: WeChat
    server: Server = Server()
    redis: Address = Address()
    database: Address = Address()
    photos: Photos = Photos()
    jobs: JobsPart = JobsPart()
    paths: Paths = Paths()
    account: AccountPart = AccountPart()
    reply: Reply = Reply()
    retention: Retention = Retention()
    verifier: VerifierPart = VerifierPart()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what the file said (given as init values)."""
        return env_settings, init_settings

    @property
    def keyring_path(self) -> Path:
        """The key file."""
        return self.paths.keyring or self.paths.data_dir / "keyring.json"


def read_settings(path: Path | None) -> Settings:
    """Settings from a TOML file (or none) and the environment. Raises BadSettings."""
    table: dict[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as trouble:
            raise BadSettings(f"--config {path}: cannot be read ({trouble.strerror})") from trouble
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
            raise BadSettings(f"--config {path}: is not TOML ({trouble})") from trouble
    try:
        settings = Settings(**table)
    except ValidationError as trouble:
        raise BadSettings("\n".join(_fault(error) for error in trouble.errors())) from None
    if settings.reply.photos_waiting >= settings.server.threads:
        raise BadSettings(
            "[reply] photos_waiting: must be less than [server] threads, or text messages would wait behind photographs"
        )
    if settings.wechat.mode != "plain" and not settings.wechat.encoding_aes_key.get_secret_value():
        raise BadSettings(
            "[wechat] encoding_aes_key: is missing, and mode is not plain; copy it from WeChat's page 基本配置"
        )
    wrong = [
        f"[{name}] {key}: {what} ({_variable([name, key])} in the environment)"
        for name, part in (("photos", settings.photos), ("verifier", settings.verifier))
        for key, what in part.faults()
    ]
    if wrong:
        raise BadSettings("\n".join(wrong))
    return settings


def settings_path(given: str | None) -> Path | None:
    """--config, else CLAIMBOT_CONFIG, else none."""
    name = given or os.environ.get("CLAIMBOT_CONFIG", "")
    return Path(name) if name else None


def _fault(error: Any) -> str:
    where = [str(part) for part in error["loc"]]
    name = f"[{where[0]}] {'.'.join(where[1:])}" if len(where) > 1 else f"[{where[0]}]"
    match error["type"]:
        case "missing":
            what = "is missing; see config.example.toml"
        case "extra_forbidden":
            what = "is no setting; see config.example.toml for all of them"
        case _:
            what = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {what} (in the file, or {_variable(where)} in the environment)"


def _variable(where: list[str]) -> str:
    return "CLAIMBOT_" + "__".join(where).upper()
