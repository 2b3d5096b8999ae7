"""The names of places: every surface a person may write, and what it can mean in this directory and in the country."""

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from dialogs.normal import plain
from dialogs.office import Office
from dialogs.programmes import shipped

Kind = Literal["office", "city", "province", "region", "covered", "zone", "elsewhere"]

SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|省|市|区|县|州|盟|旗)$")
_PEOPLES = re.compile(
    r"(?:维吾尔|哈萨克|柯尔克孜|蒙古|朝鲜|彝|苗|回|满|壮|藏|白|傣|哈尼|傈僳|景颇|羌|土家|侗|布依|黎|布朗|拉祜|佤|纳西|瑶|"
    r"仡佬|土|撒拉|裕固|东乡|保安|塔吉克|锡伯|达斡尔|独龙|怒|普米|仫佬|毛南|畲|水|各|鄂温克|鄂伦春)(?:族)?$"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a name can mean.

    code      adcode without its trailing zeros: a place lies in another whose code its own begins with
    office    index in the directory of the responsible office, -1 for none
    children  indexes of all offices of this area (city, province, region)
    inside    further codes it lies in
    refer     for a zone the guides do not list: names of the cities whose office to turn to
    """

    kind: Kind
    name: str
    code: str
    office: int = -1
    children: tuple[int, ...] = ()
    inside: tuple[str, ...] = ()
    refer: tuple[str, ...] = ()

    def lies_in(self, other: "Target") -> bool:
        """Whether this place is a part of the other."""
        if not other.code or self.code == other.code:
            return False
        return any(code.startswith(other.code) for code in (self.code, *self.inside))


@dataclass(frozen=True, slots=True)
class Tables:
    """What the data files of places say, read once."""

    words: Mapping[str, Any]
    divisions: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The shipped tables (part of the package, as OpenCC's dictionaries are part of OpenCC)."""
    rows = csv.reader(shipped("divisions.csv").splitlines()[1:])
    return Tables(tomllib.loads(shipped("places.toml")), tuple((code, name) for code, name in rows))


def stem(name: str) -> str:
    """A name without 区, 县, 市, 自治县 and the peoples in it: 石林彝族自治县 to 石林; "" when too little is left."""
    short = SUFFIX.sub("", name)
    if short != name and name.endswith(("自治县", "自治州", "自治区", "自治旗")):
        while (less := _PEOPLES.sub("", short)) != short and len(less) >= 2:
            short = less
    return short if short != name and len(short) >= 2 else ""


def _code(adcode: str) -> str:
    """530100 to 5301, 530000 to 53: what the codes of everything inside begin with."""
    if adcode.endswith("0000"):
        return adcode[:2]
    return adcode[:4] if adcode.endswith("00") else adcode


def _stems_elsewhere(data: Tables) -> frozenset[str]:
    """彝良, 东昌府, 云县: short names of places anywhere. One written so is no misspelling of a name of ours."""
    names = (stem(name) or (name if len(name) == 2 else "") for _, name in data.divisions)
    return frozenset(map(plain, filter(None, names))) - set(data.words["words"]["nowhere"])


class Lexicon:
    """Every surface (folded by `plain`) to its targets, for one directory."""

    def __init__(self, offices: Sequence[Office], data: Tables) -> None:
        self.meanings: dict[str, tuple[Target, ...]] = {}
        self.weak = frozenset(map(plain, data.words["words"]["weak"]))
        self.loose = frozenset(map(plain, data.words["words"]["loose"]))
        self.foreign = frozenset(data.words["words"]["foreign"])
        self.own: dict[str, Target] = {}  # by the name offices.csv uses
        self.strange = _stems_elsewhere(data)
        self._build(offices, data)
        self.longest = max(map(len, self.meanings))
        self.first = frozenset(surface[0] for surface in self.meanings)

    def _build(self, offices: Sequence[Office], data: Tables) -> None:
        also: Mapping[str, list[str]] = data.words["also_within"]
        provinces = {office.province for office in offices}
        codes = {name: code for code, name in data.divisions}
        self._add_areas(offices, codes, also)
        self._add_above(offices, provinces, codes)
        self._add_covered(offices, data.divisions)
        for name, aliases in data.words["aliases"].items():
            if name in self.own:
                for alias in aliases:
                    self._mean(alias, self.own[name])
        for shared, names in data.words["shared"].items():
            known = [self.own[name] for name in names if name in self.own]
            if known:
                self.meanings[plain(shared)] = tuple(known)
        self._add_elsewhere(data, provinces)
        self._add_zones(data)
        for word in data.words["words"]["nowhere"]:
            if all(target.kind == "elsewhere" for target in self.meanings.get(word, ())):
                self.meanings.pop(word, None)

    def _mean(self, surface: str, target: Target, *, beside: bool = True) -> None:
        key = plain(surface).lower().replace(" ", "")
        known = self.meanings.get(key, ())
        if target not in known and (beside or not known):
            self.meanings[key] = (*known, target)

    def _add_areas(self, offices: Sequence[Office], codes: Mapping[str, str], also: Mapping[str, list[str]]) -> None:
        for index, office in enumerate(offices):
            if not office.district:
                continue
            name = office.official_name if office.adcode else office.district
            above = codes.get(office.city) or codes.get(office.province, "")
            code = office.adcode or _code(above) + office.district
            inside = tuple(also.get(name, also.get(office.district, ())))
            target = Target("office", name, code, index, (index,), inside)
            for key in (office.official_name, office.district, name):
                if key:
                    self.own.setdefault(key, target)
            for full in (office.official_name, office.district):
                if full:
                    self._mean(full, target)
                    if short := stem(full):
                        self._mean(short, target)

    def _add_above(self, offices: Sequence[Office], provinces: set[str], codes: Mapping[str, str]) -> None:
        everything = list(enumerate(offices))
        for province in sorted(provinces):
            chief = next((i for i, o in everything if o.province == province and not o.city), -1)
            inside = tuple(i for i, o in everything if o.province == province)
            target = Target("province", province, _code(codes.get(province, "")), chief, inside)
            self.own[province] = target
            self._mean(province, target)
            self._mean(stem(province), target)
        for city in dict.fromkeys(o.city for o in offices if o.city):
            if city not in codes:
                continue  # an area the guide lists apart from every city
            chief = next((i for i, o in everything if o.city == city and not o.district), -1)
            inside = tuple(i for i, o in everything if o.city == city)
            code = _code(codes[city])
            whole = Target("region", city, code, -1, inside)
            target = Target("city", city, code, chief, inside) if chief >= 0 else whole
            self.own[city] = target
            self._mean(city, target)
            self._mean(stem(city), target)
            self._mean(stem(city) + "地区", whole)

    def _add_covered(self, offices: Sequence[Office], divisions: Iterable[tuple[str, str]]) -> None:
        """City districts without a row of their own: their city's office looks after them."""
        rows = {office.adcode for office in offices}
        chiefs = {_code(o.adcode): i for i, o in enumerate(offices) if o.adcode and o.city and not o.district}
        for adcode, name in divisions:
            chief = chiefs.get(adcode[:4])
            if chief is None or adcode in rows or adcode.endswith("00"):
                continue
            target = Target("covered", name, adcode, chief, (chief,))
            self.own.setdefault(name, target)
            self._mean(name, target)
            if short := stem(name):
                self._mean(short, target)

    def _add_elsewhere(self, data: Tables, provinces: set[str]) -> None:
        ours = {target.code for target in self.own.values()}
        for adcode, name in data.divisions:
            code = _code(adcode)
            if code in ours or name in provinces or len(name) < 3:
                continue
            target = Target("elsewhere", name, code)
            self._mean(name, target)
            short = stem(name)
            # 铁西 is as doubtful as 铁西区
            twin = any(t.kind == "covered" and t.name == name for t in self.meanings.get(short, ()))
            if short and (len(code) <= 4 or twin):
                self._mean(short, target)
        # 五华县, 安宁区: the wrong word behind one of our names; another place of that name makes it doubtful
        for target in dict.fromkeys(self.own.values()):
            short = stem(target.name) if target.kind in ("office", "covered", "city") else ""
            if short and not target.name.endswith(("自治州", "省")):
                for suffix in ("区", "县", "市"):
                    # 西安市 is that city; a district without a row of its own does not make it doubtful
                    beside = target.kind != "covered" and self._only_elsewhere(short + suffix)
                    self._mean(short + suffix, target, beside=beside)

    def _only_elsewhere(self, surface: str) -> bool:
        return all(target.kind == "elsewhere" for target in self.meanings.get(surface, ()))

    def _add_zones(self, data: Tables) -> None:
        for number, zone in enumerate(data.words["zones"]):
            refer = tuple(city for city in zone["refer"] if city in self.own)
            if refer:
                inside = tuple(self.own[city].code for city in refer)
                target = Target("zone", zone["names"][0], f"zone{number}", inside=inside, refer=refer)
                for name in zone["names"]:
                    self._mean(name, target)
