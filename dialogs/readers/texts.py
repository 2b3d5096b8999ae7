"""Names, addresses and free text: kept as written, refused only when they are plainly something else."""

import re
import unicodedata

from dialogs.model import Filled, Reading, Refused
from dialogs.normal import bare, plain, visible
from dialogs.readers.typed import whole

NAME_EXAMPLE = "张测试"
ADDRESS_EXAMPLE = "昆明市西山区春雨路188号3栋2单元501"
LONGEST_TEXT = 500

HAN = "々〇\u2ff0-\u2fff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()} | str.maketrans(
    "－＃＿／＆＋　\u00a0", "-#_/&+  "
)
_DOTS = re.compile(r"\s*[·•・‧∙⋅●˙᛫･]\s*")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s*[.．。]\s*(?=[{HAN}])")
_NAME_LEAD = re.compile(
    r"^(?:(?:你好|您好|好的?|嗯+|哦)[,，。!！ ]+|那(?=我|俺))?"
    r"(?:(?:我|本人|俺|咱|申请人|领取人|户主|参保人)?(?:的)?(?:真实|中文)?(?:姓名|名字|名|大名|户名)(?:叫做?|是|为|:|：)?"
    r"|(?:我|俺|咱|本人|人家)?(?:就)?(?:叫做?|名叫|姓名叫)|我是|本人是?|俺是)[ :：,，]*"
)
_NAME_TAIL = re.compile(
    r"[ ,，]*(?:[(（][^)）]*[)）]|[,，;；。!！~～…].*|先生|女士|同志|谢谢.*|"
    r"性别.*|身份证.*|电话.*|手机.*|[ ,，]+[0-9].*|这个名字|这三个字|这两个字)?"
    r"[.。!！~～ ]*$",
    re.S,
)
_SURNAME_FIRST = re.compile(rf"我?(?:姓)([{HAN}]{{1,2}})[,， ]*(?:名字?|叫)(?:叫|是)?([{HAN}]{{1,4}})")
_ONLY_SURNAME = re.compile(rf"(?:我|本人|俺|免贵)*姓[{HAN}]{{1,2}}")
_HAN_NAME = re.compile(rf"[{HAN}]{{1,30}}(?:·[{HAN}]{{1,30}})*")
_LATIN_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’`\-·]){0,58}[^\W\d_.]\.?")
_NO_NAME = re.compile(
    r"什么|怎么|为什么|干嘛|干什么|凭啥|多少|哪|请问|谢谢|你好|您好|不知道|不清楚|不想|不告诉|不填|不说|不写|忘了|没有|失业|申领|申请|"
    r"社保|医保|身份证|银行|手机|电话|公司|上班|办理|帮助|菜单|上一步|下一步|返回|跳过|取消|暂停|继续|人工|客服|退出|重新|"
    r"随便|测试一下|不用|不要|不是|可以|知道|是的|好的|对的|行吗|姓名|名字|的(?:妻子|爱人|老公|老婆|丈夫|儿子|女儿|家属|家人|父亲|母亲|爸|妈|朋友)|吗$|呢$|[?？]"
)
_NOT_NAMES = frozenset(
    (
        *"是否对好行嗯不有没无要能会男女哦啊喂我你他",
        "同意",
        "确认",
        "没错",
        "谢谢",
        "你好",
        "汉族",
        "在吗",
        "保密",
        "匿名",
    )
)

_ADDRESS_LEAD = re.compile(
    r"^(?:(?:我|本人|俺)?(?:现在?|目前)?(?:的)?(?:家庭|详细|现|常住|居住|通讯|联系)*(?:住址|地址)(?:就?是|为|在|:|：)*"
    r"|(?:我|本人|俺|咱)?(?:们)?(?:家)?(?:现在|目前|一直|现)?(?:就)?(?:居住在|住在|住|家在|租在|租住在))[ :：,，]*"
)
_ADDRESS_TAIL = re.compile(r"[,，。 ]+(?:谢谢|麻烦|就这个|就是这里).*$|(?<=[号室楼村组栋幢0-9])[?？]+$")
_NO_ADDRESS = re.compile(
    r"不知道|不清楚|不晓得|说不清|不记得|忘了|忘记|不想(?:说|填|告诉|写)|不告诉|不方便|为什么|为啥|凭什么|干什么|干嘛|怎么|什么|"
    r"哪里填|填哪|没有(?:固定)?(?:地址|住址|住处|家)|没地址|居无定所"
)
_SAME_AS = re.compile(
    r"(?:同|和|跟|与).{0,10}(?:身份证|户口|上面|前面|户籍|证件).{0,8}(?:一样|相同|一致|地址)?$|^同上|^身份证上.{0,8}$"
)
_QUESTION = re.compile(r"[?？]\s*$|(?:吗|么|呢)[。.!！ ]*$|^请问")


def a_name(text: str) -> Reading:
    """A person's name: 1 to 30 Han characters of any plane, parts joined by ·, or Latin letters.

    Kept in the script it was typed in: the name must be that of the card, and 於 or 乾 would change by simplifying.
    """
    if len(text) > 300:
        return Refused("这段话太长了。只发姓名就可以", NAME_EXAMPLE)
    line = " ".join(unicodedata.normalize("NFC", visible(whole(text))).translate(_WIDTH).split())
    named = _SURNAME_FIRST.search(line)
    name = named[1] + named[2] if named else _stripped_name(line)
    if not name:
        return Refused("没有看到姓名。请发身份证上的姓名", NAME_EXAMPLE)
    if any(char.isdigit() for char in name):
        return Refused("姓名里不会有数字。请发身份证上的姓名", NAME_EXAMPLE)
    if _ONLY_SURNAME.fullmatch(name) and len(name) > 2:
        return Refused("只看到了姓。请把姓和名一起发来", NAME_EXAMPLE)
    if name in _NOT_NAMES or _NO_NAME.search(name):
        return Refused("这不像姓名。请发身份证上的姓名，不用加别的字", NAME_EXAMPLE)
    if len(name) > 30 and re.search(rf"[{HAN}]", name):
        return Refused("姓名太长了，最多30个字。请对照身份证再发一次", NAME_EXAMPLE)
    if _HAN_NAME.fullmatch(name):
        note = (
            "姓名里有繁体字，请看一看和身份证上是不是一样" if plain(name) != unicodedata.normalize("NFKC", name) else ""
        )
        return Filled(name, note)
    if _LATIN_NAME.fullmatch(name) or re.fullmatch(rf"[{HAN}A-Za-z·]{{2,30}}", name):
        return Filled(name)
    return Refused("姓名里有看不懂的符号。请发身份证上的姓名", NAME_EXAMPLE)


def _stripped_name(line: str) -> str:
    line = _DOT_BETWEEN_HAN.sub("·", _DOTS.sub("·", line))
    rest = _NAME_LEAD.sub("", line, count=1)
    if rest != line:  # 呀 or 哈 may end a name, but not a sentence that names one
        rest = re.sub(r"[呀哈啊呢哦]+[.。!！~～ ]*$", "", rest)
    rest = _NAME_TAIL.sub("", rest.strip(" \"'“”‘’「」《》【】[]"), count=1).strip(" \"'“”‘’·")
    return re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", rest)


def an_address(text: str) -> Reading:
    """An address as the person wrote it, 6 to 120 characters; only control characters, width and a lead-in go."""
    line = " ".join(visible(whole(text[:2000])).translate(_WIDTH).split())
    line = _ADDRESS_LEAD.sub("", line, count=1).strip(" ,，。;；")
    line = _ADDRESS_TAIL.sub("", line)
    if not any(char.isalnum() for char in line):
        return Refused("没有看到地址。请写清市、区县、街道和门牌号", ADDRESS_EXAMPLE)
    if _SAME_AS.search(line) and not re.search(r"[路街道巷村镇乡组栋号]", line):
        return Refused("这里看不到证件上的地址。请把地址写出来", ADDRESS_EXAMPLE)
    if _NO_ADDRESS.search(line) or _QUESTION.search(line):
        return Refused("这不像地址。请写现在住的地方：市、区县、街道和门牌号", ADDRESS_EXAMPLE)
    if not re.search(rf"[{HAN}]", line):
        return Refused("地址里要有文字。请写清市、区县、街道和门牌号", ADDRESS_EXAMPLE)
    if len(line) < 6:
        return Refused("地址太短了。请写到街道和门牌号", ADDRESS_EXAMPLE)
    if len(line) > 120:
        return Refused(f"地址最多120个字，现在是{min(len(line), 2000)}个字。请写短一点", ADDRESS_EXAMPLE)
    if len(set(re.findall(rf"[{HAN}]", line))) < 3:
        return Refused("地址不完整。请写清市、区县、街道和门牌号", ADDRESS_EXAMPLE)
    return Filled(line)


def a_text(text: str) -> Reading:
    """Free text of 1 to 500 characters, without control characters."""
    line = visible(whole(text)).strip()
    if not bare(line[:1000]):
        return Refused("没有看到内容。请打字回答")
    if len(line) > LONGEST_TEXT:
        return Refused(f"最多写{LONGEST_TEXT}个字。请写短一点")
    return Filled(line)
