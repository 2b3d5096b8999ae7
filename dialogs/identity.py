"""Who the claimant is by the real-name check: fields of the programme that nobody types. Pure."""

from dialogs.programme import Programme
from dialogs.readers.masking import masked
from dialogs.session import Draft

SOURCE = "recipient_source"
"""Beside the answers of a claim: where its name and number come from."""


def filled(programme: Programme, draft: Draft) -> dict[str, str]:
    """Step id to value, of the system's fields that the check has filled."""
    identity = draft.identity
    if identity is None or identity.state != "verified":
        return {}
    values = {"name": identity.name, "id_number": identity.id_number}
    return {step.id: values[step.verified] for step in programme.system_fields if step.verified}


def answers(programme: Programme, draft: Draft) -> dict[str, str]:
    """The same as they go into the claim."""
    found = filled(programme, draft)
    return {**found, SOURCE: "verified"} if found else {}


def shown(programme: Programme, draft: Draft) -> dict[str, str]:
    """Label to masked value."""
    found = filled(programme, draft)
    return {step.label: masked(step.verified, found[step.id]) for step in programme.system_fields if step.id in found}
