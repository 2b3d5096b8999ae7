"""Whether a question is for an office at all, and for one of ours: 敦化市社保局的联系电话, but not 昆明医保局电话."""

import re
from collections.abc import Set

from dialogs.concepts import Seen
from dialogs.normal import bare, plain

_PLACE_LENGTH = 14
_ASKS_SOMETHING = re.compile(r"多少|什么|啥|为何|为啥|谁|几")
"""What a place alone does not answer: 昆明平均工资多少."""
_OURS = frozenset(
    ("benefit", "jobless", "insuredin", "employer", "fired", "leave", "register", "claimverb", "startclaim", "expire")
)
"""What makes it ours all the same: 学校合同到期了去哪里申领."""
_OTHER_AUTHORITY = re.compile(
    r"(?:公安|民政|税务|国税|地税|医保|医疗保障|公积金|房管|教育|市场监管|市监|工商|住建|卫健|司法|信访|城管|交通|供电|自然资源|国土|"
    r"邮政|粮食|环保|生态环境|文旅|农业农村|林草|水务|统计|体育|退役军人|财政|审计|发改)(?:管理)?(?:局|委|中心|所|大厅|事务局)"
    r"|派出所|车管所|交警队|法院|检察院|残联|妇联|出入境|不动产|房产局|婚姻登记处|供电所|自来水公司|燃气公司|"
    r"医院|卫生院|诊所|学校|小学|中学|幼儿园|大学|驾校|火车站|客运站|高铁站|汽车站|机场|图书馆|公园|景区|菜市场|超市|商场|酒店|宾馆|加油站|药店|"
    r"人才市场|人力资源市场|劳务市场|劳动监察|仲裁委|仲裁院|法律援助中心|心理咨询|红十字会|消协"
)
_ASKS_THERE = re.compile(r"电话|号码|热线|地址|在哪|哪里|哪儿|怎么走|位置|怎么去|几点|上班时间|开门|门票")


def is_of_others(question: str, concepts: Set[str]) -> bool:
    """Whether the words ask where another authority or house is, and speak of nothing of ours.

    concepts  what was found in the question (concepts.py)
    """
    text = plain(question)
    return not _OURS & concepts and bool(_OTHER_AUTHORITY.search(text) and _ASKS_THERE.search(text))


def is_only_place(question: str, seen: Seen) -> bool:
    """Whether nothing but a place is named: 延吉, 北京朝阳区呢."""
    if len(bare(question)) > _PLACE_LENGTH or seen.concepts.keys() - {"place", "outside", "jilin_city"}:
        return False
    return not _ASKS_SOMETHING.search(question)


def asks_for_office(seen: Seen, ordinary: frozenset[str]) -> bool:
    """A place, its telephone or address, and nothing else that says something: 敦化市社保局的联系电话."""
    said = seen.concepts.keys()
    if "place" not in said or not said & {"phone", "office"} or {"jilin_city", "jilin_province"} <= said:
        return False
    return not said - ordinary - {"place", "phone", "office", "official", "jilin_area", "where", "jobless", "benefit"}
