"""The places a question names: whose guide answers, and what is told of the offices there."""

from functools import lru_cache

from dialogs.model import Context
from dialogs.normal import plain
from dialogs.offices import Directory, Found, card, dialable


def told_offices(found: Found) -> str:
    match found.mode:
        case "one":
            told = [found.note, card(found.offices[0])]
        case "list":
            told = [found.note, *(f"{office.name} {' 或 '.join(dialable(office))}" for office in found.offices)]
        case "ask":
            told = [found.note or "是下面哪一个？", *(office.name for office in found.offices)]
        case _:
            told = [found.note, card(found.refer) if found.refer is not None else ""]
    return "\n".join(line for line in told if line)


@lru_cache(maxsize=4)
def _places_of(directory: Directory) -> tuple[tuple[str, str, bool], ...]:
    """Names of places in this directory: name, province, and whether it is a whole city or province of ours."""
    names: dict[str, tuple[str, bool]] = {}
    for office in directory.offices:
        for name, area in ((office.province, True), (office.city, False), (office.official_name, False),
                           (office.district, False)):  # fmt: skip
            short = name[:-1] if len(name) > 2 and name[-1] in "省市县区州" else name
            for one in {name, short} - {""}:
                names.setdefault(one, (office.province, area or one.startswith("昆明")))
    return tuple((name, province, area) for name, (province, area) in names.items())


def named_places(question: str, directory: Directory) -> list[tuple[str, bool]]:
    text = plain(question)
    return [(province, area) for name, province, area in _places_of(directory) if name in text]


def placed(context: Context, places: list[tuple[str, bool]]) -> Context:
    """The context with the province that the question itself names."""
    provinces = {province for province, _ in places}
    if len(provinces) != 1:
        return context
    province = provinces.pop()
    return context if province == context.province else Context(province=province, asked=context.asked)
