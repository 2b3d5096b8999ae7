"""What each name in a sentence means, beside the other names and what is known of the person."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dialogs.mentions import Mention
from dialogs.model import Context
from dialogs.office import Office
from dialogs.places import Lexicon, Target

_JOINT = re.compile(
    r"^(?:区|县|市|的)?(?:社保局?|社会保险局|就业局|人社局|局|失业保险[科中心]*|那边|这边)?(?:的)?(?:电话|地址|号码|网点)?"
    r"(?:和|与|跟|及|以及|还有|、|/|同|外加|加上|或者|或|还是|[,，]?还有|[,，]再?加上|兼|&|\+)$"
)
_LEVEL_SAID = re.compile(r"[,，。](?:要|是|找|问)?([省市])(?:里|级)的?[。!！]?$")
_SHORTCHOICE = 10

CHOICE = re.compile(r"还是|或者|或")


class Narrowing:
    """The places of one sentence, each with the meanings that agree with the rest."""

    def __init__(
        self, offices: Sequence[Office], lexicon: Lexicon, text: str, mentions: Sequence[Mention], context: Context
    ) -> None:
        self._offices = offices
        self._lexicon = lexicon
        self._text = text
        self._context = context
        self._all = tuple(mentions)

    def narrowed(self, mention: Mention) -> tuple[Target, ...]:
        """The meanings that agree with the other places named and with what is known of the person."""
        targets = mention.targets
        if len(targets) == 1:
            return self._zone_or_office(mention, targets)
        others = [other for other in self._all if other is not mention]
        for other in others:  # 通化……我说的是通化市: said once exactly, the vague name means the same
            exact = len(other.targets) == 1 and other.targets[0] in targets and other.targets[0].kind != "office"
            if exact and other.end != mention.start:
                return other.targets
        for other in (*just_before(mention, others), *others):
            inside = tuple(t for t in targets if any(t.lies_in(above) for above in other.targets))
            # 呈贡区七甸街道 may be 呈贡区 itself or 阳宗海, which lies in it
            itself = any(t.kind == "office" and t in other.targets for t in targets)
            if inside and len(inside) < len(targets) and not itself:
                targets = inside
                break
        if len(targets) > 1 and "管委会" in self._text:  # 长白的管委会: only 长白山 has one
            own = tuple(t for t in targets if t.office >= 0 and "管委会" in self._offices[t.office].name)
            targets = own if len(own) == 1 else targets
        if len(targets) > 1 and "自治县" in self._text:  # 长白朝先族自治县
            own = tuple(t for t in targets if t.name.endswith("自治县"))
            targets = own if len(own) == 1 else targets
        if len(targets) > 1 and (level := _LEVEL_SAID.search(self._text)):  # 吉林的电话，市里的
            kind = "city" if level.group(1) == "市" else "province"
            targets = tuple(t for t in targets if t.kind == kind) or targets
        if len(targets) > 1:
            targets = self._by_province(targets) or targets
        if len(targets) > 1:
            targets = self._beside_siblings(mention, targets, others)
        return self._zone_or_office(mention, targets)

    def _by_province(self, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        province = self._lexicon.own.get(self._context.province)
        if province is None:
            return targets
        return tuple(t for t in targets if t.lies_in(province) or t == province)

    def _beside_siblings(
        self, mention: Mention, targets: tuple[Target, ...], others: Sequence[Mention]
    ) -> tuple[Target, ...]:
        """长春和吉林: next to a city, the city is meant and not the province."""
        if not any(self.joined(mention, other) or self.joined(other, mention) for other in others):
            return targets
        cities = tuple(t for t in targets if t.kind == "city")
        near_city = any(t.kind in ("city", "office") for other in others for t in other.targets)
        return cities if near_city and len(cities) == 1 and any(t.kind == "province" for t in targets) else targets

    def joined(self, one: Mention, two: Mention) -> bool:
        """Whether both are asked for alike: 五华和官渡, 五华还是官渡."""
        between = self._text[one.end : two.start] if one.end <= two.start else ""
        if between == "/" and any(a.lies_in(b) for a in two.targets for b in one.targets):
            return False  # 昆明/五华
        return bool(_JOINT.match(between)) or (len(between) <= _SHORTCHOICE and bool(CHOICE.search(between)))

    def listed(self, one: Mention, two: Mention) -> bool:
        """Whether both stand in one list: 官渡 and 经开区 in 官渡、呈贡、经开区."""
        low, high = min(one.start, two.start), max(one.start, two.start)
        row = [mention for mention in self._all if low <= mention.start <= high]
        return all(self.joined(a, b) for a, b in pairwise(row))

    def _zone_or_office(self, mention: Mention, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """经开区 is Kunming's unless another city or province is spoken of: there it is a zone without a row."""
        if len({t.kind for t in targets}) < 2 or not any(t.kind == "zone" for t in targets):
            return targets
        office = tuple(t for t in targets if t.kind != "zone")
        zone = tuple(t for t in targets if t.kind == "zone")
        province = self._lexicon.own.get(self._context.province)
        if province and not any(t.lies_in(province) for t in office):
            return zone
        for other in self._all:
            if other is mention or self.joined(other, mention) or self.joined(mention, other):
                continue
            wide = ("city", "province", "region", "elsewhere", *(("office",) if other.end == mention.start else ()))
            above = [t for t in other.targets if t.kind in wide]
            if above and not any(t.lies_in(a) for t in office for a in above):
                return zone
        return office


def just_before(mention: Mention, others: Sequence[Mention]) -> list[Mention]:
    """The places that end where this one begins."""
    return [other for other in others if other.end == mention.start]
