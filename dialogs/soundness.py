"""Proof that a programme can be walked to its end, made when it is loaded: what is wrong, one sentence each."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from dialogs.conditions import mentioned
from dialogs.offices import Directory
from dialogs.papers import PAPERS
from dialogs.programme import KINDS, SKIPPED, Programme, Step

MAX_TEXT_BYTES = 2048
"""A passive text reply, wechat-platform: 2,048 bytes of UTF-8."""
ROOM_BYTES = 400
"""Kept free of a prompt for the lines around it: news, progress, what was wrong."""
MAX_WALKS = 20_000


def prove(programme: Programme, directory: Directory) -> list[str]:
    """All that is wrong with a programme; empty when it is sound."""
    faults = [fault for step in programme.steps for fault in _step_faults(step)]
    if programme.verify and not programme.verify_how.strip():
        faults.append("verify_how is missing: where is the real-name check made?")
    counts = Counter(step.id for step in programme.steps)
    faults += [f"step {step_id}: the id is used {count} times" for step_id, count in counts.items() if count > 1]
    faults += _condition_faults(programme)
    if not faults:
        faults += _walk_faults(programme)
    if directory.named(programme.default_office) is None:
        faults.append(f"default_office {programme.default_office!r} is not in the directory")
    if programme.step(programme.office_step) is None:
        faults.append(f"office_step {programme.office_step!r} is no step")
    faults += [f"{name}: the text is too long" for name in ("opening", "filed", "approved", "rejected", "verify_how")
               if len(getattr(programme, name).encode()) > MAX_TEXT_BYTES - ROOM_BYTES]  # fmt: skip
    return faults


def _step_faults(step: Step) -> Iterator[str]:
    where = f"step {step.id}"
    if not step.id.isidentifier() or not step.id.isascii():
        yield f"{where}: an id is ASCII letters, digits and underscores"
    if step.kind not in KINDS:
        yield f"{where}: unknown kind {step.kind!r}; known are {', '.join(KINDS)}"
    if step.source not in ("claimant", "agency"):
        yield f"{where}: source is claimant or agency, not {step.source!r}"
    if step.sensitivity not in ("", "personal", "sensitive"):
        yield f"{where}: sensitivity is empty, personal or sensitive, not {step.sensitivity!r}"
    if not step.label:
        yield f"{where}: label is missing"
    if step.source == "claimant" and not step.prompt:
        yield f"{where}: prompt is missing"
    if step.kind == "choice" and step.source == "claimant" and len(step.options) < 2:
        yield f"{where}: dead end: a choice needs at least two options"
    if step.kind != "choice" and step.options:
        yield f"{where}: only a choice has options"
    if step.kind == "consent" and not step.consent:
        yield f"{where}: a consent names the group of items it is for"
    if step.kind == "photo" and step.wanted not in ("card", "portrait", "page"):
        yield f"{where}: wanted is card, portrait or page, not {step.wanted!r}"
    if step.verified and (step.source != "agency" or step.verified not in ("name", "id_number")):
        yield f"{where}: verified is name or id_number, of a field that the agency's system fills"
    if step.paper and step.kind != "photo":
        yield f"{where}: only a photo is of a paper"
    elif step.paper and step.paper not in PAPERS:
        yield f"{where}: unknown paper {step.paper!r}; known are {', '.join(PAPERS)}"
    duplicates = [oid for oid, count in Counter(option.id for option in step.options).items() if count > 1]
    if duplicates:
        yield f"{where}: option {duplicates[0]!r} stands twice"
    shown = "\n".join((step.prompt, step.hint, *(option.label for option in step.options)))
    # an option is sent as a link of about 120 bytes around its label, twice percent-encoded at worst
    size = len(shown.encode()) + sum(120 + 3 * len(option.label.encode()) for option in step.options)
    if size > MAX_TEXT_BYTES - ROOM_BYTES:
        yield f"{where}: text too long: {size} bytes with its options, {MAX_TEXT_BYTES - ROOM_BYTES} fit"
    for name in ("guidance", "why"):
        if len(getattr(step, name).encode()) > MAX_TEXT_BYTES // 2:
            yield f"{where}: {name} is too long"


def _condition_faults(programme: Programme) -> Iterator[str]:
    earlier: dict[str, Step] = {}
    ids = {step.id for step in programme.steps}
    for step in programme.steps:
        for part in mentioned(step.condition):
            asked = earlier.get(part.step)
            if part.step not in ids:
                yield f"step {step.id}: its condition names the unknown step {part.step!r}"
            elif asked is None:
                yield f"step {step.id}: its condition names {part.step!r}, which is not asked before it"
            elif asked.options:
                for value in part.values:
                    if asked.option(value) is None:
                        yield f"step {step.id}: its condition names {value!r}, which is no option of {part.step}"
        if step.consent and step.kind != "consent":
            groups = {other.consent for other in earlier.values() if other.kind == "consent"}
            if step.consent not in groups:
                yield f"step {step.id}: nobody asks for the consent {step.consent!r} before it"
        earlier[step.id] = step


def _walk_faults(programme: Programme) -> Iterator[str]:
    """Walk every combination of the answers that conditions look at."""
    looked_at = {part.step for step in programme.steps for part in mentioned(step.condition)}
    deciding = [step for step in programme.asked if step.id in looked_at]
    values = [_possible(step) for step in deciding]
    walks = 1
    for possible in values:
        walks *= len(possible)
    if walks > MAX_WALKS:
        yield f"its conditions have {walks} combinations; {MAX_WALKS} can be proved"
        return
    reached: set[str] = set()
    for combination in product(*values):
        answers: dict[str, str] = {}
        chosen = dict(zip((step.id for step in deciding), combination, strict=True))
        for step in programme.asked:
            if step.relevant(answers):
                reached.add(step.id)
                answers[step.id] = chosen.get(step.id, "x")
        if not any(step.kind not in ("consent", "notice") for step in programme.asked if step.id in answers):
            yield f"dead end: with {chosen} nothing is asked"
            return
    for step in programme.asked:
        if step.id not in reached:
            yield f"step {step.id}: unreachable: no answers make it relevant"


def _possible(step: Step) -> tuple[str, ...]:
    skipped = () if step.required else (SKIPPED,)
    if step.options:
        return (*(option.id for option in step.options), *skipped)
    return ("yes", "x", *skipped)
