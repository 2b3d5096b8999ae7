"""TOML and environment to frozen Settings; stops at start-up and names the bad key."""

import os
import re
import tomllib
from datetime import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.addresses import checked
from storage.redis_client import RedisUrl

HELPER_CLAIMS_DAYS = 30


NO_QUEUE_ON_A_CLUSTER = (
    "the job queue cannot run on a Redis Cluster; set it to a RabbitMQ (amqp://user:password@host:5672//) or to one "
    "Redis of its own"
)


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
    public_url: str = ""
    proxies: int = Field(default=0, ge=0, le=5)

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?(/[A-Za-z0-9._/-]*)?", value):
            raise ValueError("must be https:// and a host, where people's phones reach this server, or empty")
        return value.rstrip("/")


class Address(_Part):
    """A service by URL; empty: the embedded default under data_dir."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return checked(value)


def checked_redis(url: str) -> str:
    """A Redis's URL, whose ways to say Sentinel or a cluster are our own. Raises ValueError."""
    if RedisUrl.parse(url).kind == "sentinel":  # the sentinels' own password has no other place than behind a ?
        checked(url.partition("?")[0])
        return url
    return checked(url)


class RedisPart(Address):
    """Where conversations stand: one server, a primary with Sentinel, or a cluster."""

    wait_replicas: int = Field(default=0, ge=0, le=5)

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return checked_redis(value)

    @property
    def is_cluster(self) -> bool:
        """Whether a person's key decides on which server they are."""
        return RedisUrl.parse(self.url).kind == "cluster"


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

    broker_url: str = Field(default="", repr=False)
    concurrency: int = Field(default=4, ge=1, le=64)
    reading: bool = True

    @field_validator("broker_url")
    @classmethod
    def _broker_url(cls, value: str) -> str:
        if value and not RedisUrl.parse(value).as_broker():
            raise ValueError(NO_QUEUE_ON_A_CLUSTER)
        return checked_redis(value)


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
    contact: str = Field(default="", max_length=100)
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


class Retention(_Part):
    """How long things are kept, in days; 0 for claims: as long as the office's own rules say."""

    draft_days: int = Field(default=30, ge=1, le=365)
    claims_days: int = Field(default=0, ge=0, le=36500)
    proof_days: int = Field(default=1096, ge=1096, le=36500)
    reports_days: int = Field(default=365, ge=1, le=3650)
    park_after_days: int = Field(default=7, ge=1, le=365)

    def claims_days_of(self, role: str) -> int:
        """A helper is no office: it keeps nothing longer than somebody may come back to it."""
        return self.claims_days or (HELPER_CLAIMS_DAYS if role == "helper" else 0)


_AGENCY_URL = re.compile(  # in clear only to this machine, for the simulator
    r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[A-Za-z0-9._~/-]*)?"
)


class AgencyPlatform(_Part):
    """The agency's own platform; an empty URL: people decide at our desk."""

    url: str = ""
    key_id: str = ""
    secret: SecretStr = SecretStr("")
    next_key_id: str = ""
    next_secret: SecretStr = SecretStr("")
    poll_after_s: int = Field(default=900, ge=10, le=86400)

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not _AGENCY_URL.fullmatch(value):
            raise ValueError("must be https://host/path; http only for 127.0.0.1, the simulator")
        return value.rstrip("/")

    @field_validator("key_id", "next_key_id")
    @classmethod
    def _key_id(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
            raise ValueError("must be 1 to 64 letters, digits, dots, dashes, as agreed with the agency")
        return value

    def faults(self) -> list[tuple[str, str]]:
        """Keys that do not fit together, with what is wrong."""
        found = []
        if self.url:
            needed = {"key_id": self.key_id, "secret": self.secret.get_secret_value()}
            why = "is missing, and url is set; agree on it with the agency"
            found = [(key, why) for key in needed if not needed[key]]
        if bool(self.next_key_id) != bool(self.next_secret.get_secret_value()):
            found.append(("next_secret", "and next_key_id go together"))
        short = (name for name in ("secret", "next_secret") if 0 < len(getattr(self, name).get_secret_value()) < 16)
        return [*found, *((name, "must be at least 16 characters") for name in short)]

    @property
    def secrets(self) -> dict[str, bytes]:
        """The keys that sign callbacks, by id: two while they change."""
        both = ((self.key_id, self.secret), (self.next_key_id, self.next_secret))
        return {key_id: secret.get_secret_value().encode() for key_id, secret in both if key_id}


class Reply(_Part):
    """The time one reply may take, and how many one person may have."""

    budget_ms: int = Field(default=4000, ge=500, le=4800)
    photos_waiting: int = Field(default=8, ge=0, le=256)
    messages_a_minute: int = Field(default=300, ge=0, le=100_000)


class ConsolePart(_Part):
    """The staff's pages."""

    https: bool = True


class NoticePart(_Part):
    """A template message or a subscription notice of this account; without an id there is none."""

    id: str = Field(default="", max_length=128)
    keywords: dict[str, str] = {}


class TemplatePart(NoticePart):
    """A template message (模板消息); `url` is opened when it is tapped."""

    url: str = Field(default="", pattern=r"^(https?://\S+)?$")


class SubscriptionPart(NoticePart):
    """A subscription notice (订阅通知): `page` is opened when it is tapped, on `ask_url` people accept it."""

    page: str = Field(default="", max_length=1024)
    ask_url: str = Field(default="", pattern=r"^(https?://\S+)?$")


class TellingPart(_Part):
    """How people hear of news when they do not write."""

    customer_service: bool = True
    nudge: bool = True
    waking: str = "08:00-21:00"
    template: TemplatePart = TemplatePart()
    subscription: SubscriptionPart = SubscriptionPart()

    @field_validator("waking")
    @classmethod
    def _waking(cls, value: str) -> str:
        hour = r"([01]\d|2[0-3]):[0-5]\d"
        first, _, last = value.partition("-")
        if not re.fullmatch(f"{hour}-{hour}", value) or first >= last:
            raise ValueError("must be two times of one day, as in 08:00-21:00")
        return value

    @property
    def waking_hours(self) -> tuple[time, time]:
        """From when until when."""
        first, _, last = self.waking.partition("-")
        return time.fromisoformat(first), time.fromisoformat(last)


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
    redis: RedisPart = RedisPart()
    database: Address = Address()
    photos: Photos = Photos()
    jobs: JobsPart = JobsPart()
    paths: Paths = Paths()
    account: AccountPart = AccountPart()
    agency: AgencyPlatform = AgencyPlatform()
    reply: Reply = Reply()
    console: ConsolePart = ConsolePart()
    telling: TellingPart = TellingPart()
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
    except SettingsError as trouble:  # its words name the variable; those it was raised from may quote it
        raise BadSettings(f"{trouble}: set each key by its own variable, as CLAIMBOT_WECHAT__TOKEN") from None
    except ValidationError as trouble:
        raise BadSettings("\n".join(_fault(error) for error in trouble.errors())) from None
    if settings.redis.url and not settings.redis.url.startswith(("redis", "unix")):
        raise BadSettings("[redis] url: must begin with redis://, rediss:// or unix://")
    if settings.reply.photos_waiting >= settings.server.threads:
        raise BadSettings(
            "[reply] photos_waiting: must be less than [server] threads, or text messages would wait behind photographs"
        )
    if settings.wechat.mode != "plain" and not settings.wechat.encoding_aes_key.get_secret_value():
        raise BadSettings(
            "[wechat] encoding_aes_key: is missing, and mode is not plain; copy it from WeChat's page 基本配置"
        )
    if settings.redis.is_cluster and not settings.jobs.broker_url:
        raise BadSettings(f"[jobs] broker_url: is missing, and [redis] url is a cluster: {NO_QUEUE_ON_A_CLUSTER}")
    wrong = [
        f"[{name}] {key}: {what} ({_variable([name, key])} in the environment)"
        for name, part in (("photos", settings.photos), ("agency", settings.agency), ("verifier", settings.verifier))
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
