"""docs/agency-api.yaml against both sides, each on a socket: what it allows is taken, all else is refused as it says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.schemas import OpenApiSchema

from bot.config import Settings
from tests.bot.agency_house import Signed, agency_serving, housed

CONTRACT = Path(__file__).parents[2] / "docs" / "agency-api.yaml"
NOTHING_TO_GET_WRONG = "GET /v1/ping"
QUICK = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def contract() -> OpenApiSchema:
    schema = schemathesis.openapi.from_path(CONTRACT)
    schema.config.generation.update(with_security_parameters=False)  # Signed adds them
    return schema


def operations(tag: str) -> list[str]:
    schema = contract()
    return [found.ok().label for found in schema.get_all_operations() if tag in found.ok().tags]


def obeys(label: str, base_url: str) -> None:
    """Some requests as the contract has them and some it forbids; each answer must be one that the contract names."""
    operation = next(found.ok() for found in contract().get_all_operations() if found.ok().label == label)
    modes: list[Callable[[], object]] = []
    wrong = () if label == NOTHING_TO_GET_WRONG else (schemathesis.GenerationMode.NEGATIVE,)
    for mode in (schemathesis.GenerationMode.POSITIVE, *wrong):

        @QUICK
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: schemathesis.Case) -> None:
            case.call_and_validate(base_url=base_url, auth=Signed(), timeout=10)

        modes.append(one)
    for mode_of in modes:
        mode_of()


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    with agency_serving() as (_, url):
        yield url


@pytest.mark.parametrize("label", operations("agency"))
def test_the_simulated_agency_keeps_the_contract(agency: str, label: str) -> None:
    obeys(label, agency)


def test_our_callback_keeps_the_contract(settings: Settings) -> None:
    with housed(settings) as house:
        for label in operations("claimbot"):
            obeys(label, house.address)


def test_nothing_is_answered_without_a_signature(agency: str) -> None:
    for method, path in (("GET", "/v1/ping"), ("POST", "/v1/claims"), ("GET", "/v1/claims/1234567890123/result")):
        answer = requests.request(method, agency + path, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed")
