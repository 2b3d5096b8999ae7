"""Where a sentence speaks of places, and in what part: asked for, insured in, lived in, ruled out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialogs.places import Lexicon, Target

INSURED, WORKED, NAMED, LIVED = 3.0, 2.0, 1.0, 0.0
_LATER = 0.4
"""How much a mention weighs when two places stand in one sentence: contributions decide (the guides say so)."""

# 北京路, 长春大街, 安宁小区: a name that is only a part of another one. Not looked at behind 五华区.
_PART_OF_A_NAME = re.compile(
    r"^(?!东川)(?:[东南西北中前后]{0,2}|[一二三四五六七八九十]{0,2})"
    r"(?:川(?!省)|沟|屯|堡|坝|庄|湾|岗|坡|寺|庙|水库|村镇银行|路(?!过|上遇)|大路|环路|街|大街|大道|巷子?|胡同|弄堂|立交|桥|广场|酒店|宾馆|大厦|小区|花园|饭店|餐馆|面馆|菜馆|菜|公寓|屯|幼儿园|小学|中学|"
    r"一中|大学(?!城)|学院|银行|苑|烤鸭|火锅|米线|泡菜|冷面|牌|制药(?!厂)|烟草|卷烟(?!厂)|时间|话$)"
)
_NOT_A_SUFFIX = re.compile(r"(?:市(?=场|民|级|政|容|面|价|值)|区(?=域|别|分|间)|县(?=令)|省(?=得|钱|事|心|去|下|略))")
_CLAUSE = re.compile(r"[,，。.；;!！?？\n]|但是?|可是|不过")

_BEGUN = re.compile(r"(?:就|都|是|在|一直|也|全|我|呢|嘛)*")

_BELIEVED_BEFORE = re.compile(
    r"(?:^|[\s,，。.；;!！?？、:：(（\"“'《【/\-—]|在|搁|到|去|是|住|从|来|回|归|问|找|给|往|离|叫|于|的|我|和|跟|与|或|把|对|那|打|下|家|人|位|口|查|询|地|保|居|们|"
    r"了|过|交|缴|领|取|市|省|县|区|州|属|要|司|籍|搬|算|咱|即|想|为|由|帮|说|先|后|现|原|最|请|不|非|及|及其|还有|以及|嫁|调|派|应该|老板|厂|就|选|填|求|有|啊|呢|吗|被|看|得|话|址|码|号|称|云|知道|本人)$"
)
_A_PERSON_BEFORE = re.compile(
    r"(?:妹|弟|姐|哥|爸|妈|女儿|儿子|孩子|闺女|姑娘|朋友|同事|老婆|老公|对象|名字|我|他|她|人)名?(?:叫|是叫)$"
)
_SURELY_BEFORE = re.compile(r"(?:在|搁|去|到|来|回|是|住|往|从|于)$")
_BELIEVED_AFTER = re.compile(
    r"^(?:$|[\s,，。.；;!！?？、:：)）\"”'》】/\-—~]|的(?!日子|生活|心|环境|政策|保障)|这|那|社|失业|失|就业|人社|人力|领|办|电话|地址|地区|怎|有|哪|上班|工作|打工|干活|参|交|缴|网|机构|局|是|在|还|和|"
    r"跟|与|或|吗|呢|吧|啊|呀|了|嘛|去|到|住|户口|户籍|买|没|不|行|能|可|应|该|要|联|号|咨|里|本|当|公司|单位|企业|厂|经办|分局|保险|离|被|辞|下岗|市|区|县|镇|政|也|都|以|属|"
    r"归|管|待|发|工|我|他|她|人(?!民币)|给|什么|啥|两|打不通|打电话|打哪|后|前|往|窗|服务|中心|多少|几|怎么|咋|从|转|搬|回|租|做|务工|开|找|你|咱|城|老家|这边|那边|附近|境内|申|登记|谁|由|需|"
    r"[曲取渠趣线现限献式室](?:$|[,，])|[\u4e00-\u9fff]{1,3}(?:镇|乡|街道)|林业局|林业|矿务|油田|县城|下面|下属|下辖|带|材料|查|该|为|走|近|远|大厅|倒|丢|及|以及|还是|还有|退|签|合同)"
)

_ABOUT_WORK = re.compile(
    r"^[^,，。；]*?(?:公司|厂|单位|上班|打工|辞退|被裁|裁员|失业|社保|参保|网点|经办|就业局|倒闭|下岗|工地|离职|归哪|归谁|哪里管|谁管)"
)

_NOT_BEFORE = re.compile(
    r"(?<![是在去归属要住找])(?:不是|不在|没在|没有在|不去|不要|不归|不属于|不属|不住|不想去|不想要|不找|不问|没说过?|没问|没要|并非|而非|绝非|非|别去|别|除了|除去|除开|排除|不算|不说|不用|甭|哪是|又不是|可不是|不叫|没去)"
    r"(?:是|在|去|找|给我|说|查|问|要|发|看|到|推荐|再|来)*(?:那个|什么|啥)?$"
)
_NOT_AFTER = re.compile(
    r"^(?:那边|那里|区|县|市|的)?(?:都不|不对|错了|除外|以外|之外|不是我|我不要|就算了|不要(?!紧)|不用(?!带)|不去了|(?:干嘛|干什么|干啥|做什么|做啥|有什么用))"
)
_SENT_ON = re.compile(
    r"^[^。；;]{0,12}?(?:说|讲|告诉我|回复|答复)[^。；;]{0,5}?(?:不归|不属于?|管不了|不受理|不管|办不了|不给办|不是他们管)"
)
_NOT_AT_END = re.compile(r"^(?:区|县|市)?(?:都|也|才)?不是(?:的|我|我要的)?$")
_ASKED_AND_DENIED = re.compile(r"^(?:区|县|市)?[?？,，]不是[的,，。!！]")
_ASKS = re.compile(r"^[^,，。]{0,8}[吗么嘛]$")
_CORRECTED = re.compile(r"(?:[哦噢喔啊]不(?!知)|(?<!对)不对|说错|打错|写错|发错|搞错|弄错|记错|口误|更正|错了)")

_TIME_PAST = re.compile(
    r"(?:以前|原来|原先|之前|曾经|曾|早先|过去|最早|最初|最开始|一开始|刚开始|开始|先|上一份|上一家|上家|上份|前一份|前一家|第一份|第一家|头一份|头一家|第一次|起初|当初|前几年|头几年|去年|前年|年前|本来|从|由|早年)[^,，。；;]{0,6}$"
)
_TIME_LAST = re.compile(
    r"(?:最后|后来|后面|现在|目前|如今|今年|最近|近来|转到|转去|转入|转移到|迁到|换到|然后|又|再|之后|接着|这两年|眼下|这一份|这一家|这份|这家|第二份|第二家|第二次|末了|最终|调到|调去|跳槽到|改到|改在|转|临了|离职前|失业前|(?:年|月|月份|去年|前年|今年|年初|年底)(?:开始|起))[^,，。；;]{0,9}$"
)
_MOVED = re.compile(
    r"^(?:区|县|市)?(?:这边|那边)?(?:已经|又|全|都|给我|被)?(?:转移|转|迁移|迁|调|搬|挪|换|并)(?:到|去|至|往|入|进|来)了?$"
)
_ONCE = re.compile(r"(?:以前|原来|原先|之前|曾经|早先|当初)(?:是|在|是在)?$")
_YEAR = re.compile(r"((?:19|20)\d\d)年?[^,，。；;]{0,12}$")

_PAY = r"(?:社保|保险|失业险|失业金|五险一金|五险|养老|医保|三险|保费|公积金)"
_INSURED_BEFORE = re.compile(
    rf"(?:参保地?|投保地?|参的保|缴费地|缴费|参加(?:的)?(?:失业|社会|养老)?保险|{_PAY}[^,，。；;]{{0,4}}?(?:交|缴|参|买|上|落|挂|转|续)?|(?:交|缴|参|买)(?:的)?{_PAY}|"
    rf"(?:交|缴|买|参保?)(?:的)?)(?:的)?(?:地方|地点|地|城市|单位|关系)?(?:是|都|一直|就|也|还|全|一般)*(?:在|到|去|是|属于|归|：|:|于|往)[^,，。；;]{{0,4}}$"
    r"|(?:参保地?|投保地|缴费地|社保地?|失业险)(?:区|点)?(?:就|也|都)?$"
)
_INSURED_AFTER = re.compile(
    rf"^[^,，。；;]{{0,7}}?(?:参保(?!登记科)|参的保|投保|参加[^,，。；;]{{0,4}}保险|(?:交|缴|买|上|参)(?:的|了|过|着|满|纳)[^,，。；;]{{0,6}}?(?:{_PAY}|年|月|$|[,，。；;])|(?:交|缴|买|上|参)(?:的|了|过|着)?{_PAY}|"
    rf"(?:给我)?(?:交|缴|参|买)(?:的|过)|有{_PAY}|(?:交|缴)(?:费|着)|交$|缴$|缴纳)"
)
_ASKED_AFTER = re.compile(r"^(?:区|县|市)?(?:那边|这边)?的(?:联系)?(?:电话|地址|号码|座机)(?!打不通|没人)")
_RULED_BEFORE = re.compile(r"(?:归|由|属于|属|是|该|要找|应该找)$")
_RULED_AFTER = re.compile(r"^(?:区|县|市)?(?:那边|这边|的)?(?:来)?(?:管|负责|受理|办理的)")
_WORKED_BEFORE = re.compile(
    r"(?:单位|公司|[一这上那]家|厂子?|工厂|企业|工地|工作|上班|打工|上班的地方|工作单位|工作地|就业|老板|干活|岗位|店)[^,，。；;在是]{0,4}(?:在|是|到|地是|属于)[^,，。；;]{0,3}$"
)
_WORKED_AFTER = re.compile(
    r"^[^,，。；;]{0,6}?(?:上班|工作|上的班|打工|打的工|干(?:活|了|过|到|着|的|[,，]|$)|做工|务工|就业(?!局|服务|和社|失业|创业|办|中心|科)|的?(?:公司|单位|厂|工厂|工地|企业)(?!注册)|被辞|被裁|被开|下岗|失的业|失业(?!保险|金|科|登记|补助|网|待遇|办|经办|的钱|了?怎|了?去)|离职|辞退|丢了工作|没了工作)"
)
_LIVED_BEFORE = re.compile(
    r"(?:住|住址|住的地方|(?<![一这上那下每几])家|户口|户籍|户口本|老家|娘家|婆家|籍贯|出生|租|租房|搬|搬家|回|嫁|人|孩子|父母|老婆|老公|房子|本人)(?:子)?(?:现在|如今|目前|一直|就|都|是|也|又|还|已经|了|来)*(?:在|到|是|去|来|于|回|：|:)?[^,，。；;在]{0,3}$"
)
_LIVED_AFTER = re.compile(
    r"^(?:区|县|市|省|州)?(?:这边|那边)?(?:的)?(?:住|户口|户籍|农村户口|人(?!社|力|员|才|事)|本地人|老家|长大|出生|租房|租的|买房|买了房|有房)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text, at text[start:end].

    weight   how near it is to the person's contributions (INSURED … LIVED), a fraction for "later"
    denied   the person says it is not this one
    mended   the name was misspelt
    """

    start: int
    end: int
    surface: str
    targets: tuple[Target, ...]
    weight: float = NAMED
    denied: bool = False
    mended: bool = False


def _blocked(text: str, ordinary: Sequence[str]) -> list[tuple[int, int]]:
    """Where the text has an ordinary word with a name in it."""
    stretches = []
    for word in ordinary:
        at = text.find(word)
        while at >= 0:
            stretches.append((at, at + len(word)))
            at = text.find(word, at + 1)
    return stretches


def spot(text: str, lexicon: Lexicon, ordinary: Sequence[str]) -> list[tuple[int, int, str]]:
    """The surfaces of the lexicon in a text, longest first, without street names and ordinary words."""
    blocked = _blocked(text, ordinary)
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(text):
        stop = _longest(text, at, lexicon, found) if text[at] in lexicon.first else 0
        if not stop:
            at += 1
        elif _is_place(text, at, stop, lexicon, blocked, found):
            found.append((at, stop, text[at:stop]))
            at = stop
        else:
            at += 1
    return found


def _longest(text: str, at: int, lexicon: Lexicon, found: list[tuple[int, int, str]]) -> int:
    for stop in range(min(len(text), at + lexicon.longest), at + 1, -1):
        surface = text[at:stop]
        if surface not in lexicon.meanings:
            continue
        if surface[-1] in "市区县省" and _NOT_A_SUFFIX.match(text[stop - 1 :]) and surface[:-1] in lexicon.meanings:
            continue
        # 延吉和龙井: 和 joins two names, and 和龙 is not meant
        if surface == "和龙" and text[stop : stop + 1] in ("井", "潭", "山") and found and found[-1][1] == at:
            return 0
        return stop
    return 0


def _is_place(
    text: str,
    at: int,
    stop: int,
    lexicon: Lexicon,
    blocked: list[tuple[int, int]],
    found: list[tuple[int, int, str]],
) -> bool:
    surface = text[at:stop]
    if any(start < stop and at < end and not (at <= start and end <= stop) for start, end in blocked):
        return False
    if text[:at].endswith("姓"):
        return False
    bare = surface[-1] not in "区县市省州" or surface in lexicon.weak
    if not bare:
        return True
    if any(start <= at and stop <= end and end - start > stop - at for start, end in blocked):
        return False
    longer = range(stop + 1, min(stop + 2, len(text)) + 1)
    if _PART_OF_A_NAME.match(text[stop:]) or any(text[at:end] in lexicon.strange for end in longer):
        return False  # 东昌府区 is not 东昌
    misspelt = re.match("镇[来赖赉赍莱]", text[stop:])  # 白城镇来 is no town
    town = text[stop : stop + 1] in ("镇", "乡", "村") and not misspelt and not _longest(text, stop, lexicon, found)
    if town and ([target.kind for target in lexicon.meanings[surface]] != ["office"] or _stands_in(found, at, lexicon)):
        return False
    if surface not in lexicon.weak:
        return True
    follows = bool(found) and found[-1][1] == at
    if follows or _SURELY_BEFORE.search(text[:at]):
        return True
    if not _BELIEVED_BEFORE.search(text[:at]) or _A_PERSON_BEFORE.search(text[:at]):
        return False
    if surface in lexicon.loose and _ABOUT_WORK.search(text[stop:]):
        return True
    return bool(_BELIEVED_AFTER.match(text[stop:])) or bool(_longest(text, stop, lexicon, found))


def _stands_in(found: list[tuple[int, int, str]], at: int, lexicon: Lexicon) -> bool:
    """Whether a county's name stands right before: 敦化市江源镇 is a town of 敦化."""
    return bool(found) and found[-1][1] == at and any(t.kind == "office" for t in lexicon.meanings[found[-1][2]])


def weigh(text: str, spans: Sequence[tuple[int, int, str, tuple[Target, ...], bool]]) -> list[Mention]:
    """Each place with its part in the sentence."""
    mentions: list[Mention] = []
    for number, (start, end, surface, targets, mended) in enumerate(spans):
        floor = spans[number - 1][1] if number else 0
        ceiling = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        near, left = _left(text, floor, start)
        right = _CLAUSE.split(text[end:ceiling])[0]
        # 不是梅河口吗 asks, and means 梅河口; in 是嵩明不是宜良 the 不是 belongs to what follows
        whole = end + len(right) == len(text) or end + len(right) < ceiling
        denied = bool(_NOT_BEFORE.search(near) and not _ASKS.search(right))
        denied = denied or bool(_NOT_AFTER.match(right)) or (whole and bool(_NOT_AT_END.match(right)))
        denied = denied or (number + 1 < len(spans) and bool(_SENT_ON.match(text[end:ceiling])))
        denied = denied or bool(_ASKED_AND_DENIED.match(text[end:ceiling]))
        weight = _weight(left, right)
        before = mentions[-1].weight if mentions else NAMED
        if number and before > LIVED and _MOVED.match(text[floor:start]):  # 社保从呈贡转到宜良
            weight = max(weight, before)
            mentions[-1] = replace(mentions[-1], weight=before - _LATER)
        if weight == NAMED and before < round(before) >= WORKED and _TIME_LAST.search(left):
            weight = round(before) + _LATER  # 上一份工作在五华，这一份在官渡
        if weight == NAMED and _ASKED_AFTER.match(right) and any(before.surface == surface for before in mentions):
            weight = INSURED + _LATER / 2  # 我妈在磐石，我在桦甸，查磐石的电话
        mentions.append(Mention(start, end, surface, targets, weight, denied, mended))
    return _together(text, _corrected(mentions, text))


def _left(text: str, floor: int, start: int) -> tuple[str, str]:
    """What stands before a place in its clause, and the same with the clause it leans on: 社保嘛，在五华."""
    clauses = _CLAUSE.split(text[floor:start])
    near = clauses[-1]
    # in 我靖宇户口，龙井社保 the clause before belongs to the place before
    leans = len(clauses) > 1 and _BEGUN.fullmatch(near) and (near or len(clauses) > 2 or not floor)
    return near, clauses[-2] + near if leans else near


def _weight(left: str, right: str) -> float:
    if _INSURED_BEFORE.search(left) or _INSURED_AFTER.match(right):
        weight = INSURED
    elif _RULED_BEFORE.search(left) and _RULED_AFTER.match(right):
        return INSURED  # 他们说归五华区管
    elif _WORKED_BEFORE.search(left) or _WORKED_AFTER.match(right):
        weight = WORKED
    elif _LIVED_BEFORE.search(left) or _LIVED_AFTER.match(right):
        return LIVED
    else:
        return NAMED - _LATER if _ONCE.search(left) else NAMED
    if _TIME_LAST.search(left):
        weight += _LATER
    elif _TIME_PAST.search(left):
        weight -= _LATER
    if year := _YEAR.search(left):
        weight += (int(year.group(1)) - 1900) / 1000
    return weight


def _corrected(mentions: list[Mention], text: str) -> list[Mention]:
    """五华，哦不，西山: what stands before the correction is taken back, if something stands after it."""
    for slip in reversed(list(_CORRECTED.finditer(text))):
        after = [mention for mention in mentions if mention.start >= slip.end() and not mention.denied]
        if after and any(mention.end <= slip.start() for mention in mentions):
            return after
    return mentions


def _together(text: str, mentions: list[Mention]) -> list[Mention]:
    """昆明市五华区 is one phrase: the city shares what is said of the district, before it and behind it.

    In 五华和西山都不是 and 不是五华和西山 both are ruled out.
    """
    out = list(mentions)
    for at in range(len(out) - 1):
        one, two = out[at], out[at + 1]
        between = text[one.end : two.start]
        if between in ("", " ", "的"):
            lived = LIVED in (one.weight, two.weight)
            weight = min(one.weight, two.weight) if lived else max(one.weight, two.weight)
            denied = one.denied or two.denied
            out[at], out[at + 1] = (replace(mention, weight=weight, denied=denied) for mention in (one, two))
        elif between in ("和", "与", "跟", "、", "及"):
            denied = one.denied or two.denied
            out[at], out[at + 1] = replace(one, denied=denied), replace(two, denied=denied)
    return out
