"""Which kind of answer the words ask for: several offices, an office at all, the offices of one bank."""

import re

_LISTED = re.compile(
    r"哪些(?!材料|证|手续|条件|资料|东西|文件|照片|人|流程|步骤|情况|钱|待遇|福利|银行|信息|表)|所有|全部|各(?:个|地|级)?(?:区|县|市|网点|机构|经办|社保|分局|办)|"
    r"都有(?:哪|什么网|啥网)|列(?:一)?(?:下|个|表|出|举)|名单|一览|通讯录|几(?:个|家)(?!月|人|字|小时|钱|工作|问题)|多少(?:个|家)(?!月|人)|下面|下属|下辖|辖区|每个(?!月)|"
    r"统统|什么网点|啥网点|大全|汇总|哪几|清单|一共|总共|区县|县区|县市|全市|全州(?:各|所有|的所有|都)|整个|电话表|网点都|[二两三四五六七八九十\d](?:个|家)(?:网点|区|县|局|机构|办事处|经办)|全省|^全(?:吉林|云南|昆明|长春|延边)"
)
_BOTH = re.compile(
    r"(?:两(?:边|地|处|个地方|个局|个区|个县|个市|头)|分别|各(?:是|自))[^,，。]{0,8}(?:电话|地址|号码|都(?!交|缴|参|上过|干过|有|待过|买)|打|找|多少)|"
    r"(?:电话|地址|号码|联系方式)[^,，。]{0,4}(?:都要|都给|都发|分别|各是)"
)
_BARE_LIST = re.compile(r"^(?:的)?网点(?:电话|地址|列表|信息|查询|号码)*[吗呢吧啊?？。!！]*$")
_WHERE = re.compile(r"网点|电话|地址|去哪|哪里|在哪|哪儿|怎么走|窗口|联系|号码|办事|大厅|机构|经办|位置|社保局|就业局")
_BANK_ASKED = re.compile(
    r"哪(?!家银行|个银行|里买)|网点|机构|谁|几个|几家|经办|发放|区县|的[区县]|什么地方|列|所有|全部|名单"
)
_OWN_CARD = re.compile(r"卡(?!.*(?:网点|机构|经办|局))")


def lists(text: str) -> bool:
    """Whether the words ask for several offices."""
    return bool(_LISTED.search(text))


def wants_both(text: str) -> bool:
    """Whether the words ask for every place they name."""
    return bool(_BOTH.search(text))


def asks_where(text: str) -> bool:
    """Whether the words ask for an office at all."""
    return bool(_WHERE.search(text))


def asks_by_bank(text: str) -> bool:
    """Whether a bank is named to ask which offices pay through it, not which card will do."""
    return bool(_BANK_ASKED.search(text)) and not _OWN_CARD.search(text)


def bare_list(behind: str) -> bool:
    """Whether nothing but 网点 (and what of them) stands behind a city's name: 昆明网点."""
    return bool(_BARE_LIST.match(behind))
