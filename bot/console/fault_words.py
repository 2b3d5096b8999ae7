"""Faults of a programme or an office list, as the proofs name them (dialogs/soundness.py, directory_check.py), in the
operators' language. What has no translation is shown as it stands."""

import re

_WORDS: tuple[tuple[str, str], ...] = (
    (r"not TOML: (.*)", r"文件格式（TOML）有错：\1"),
    (r"it has no \[\[steps\]\]", r"没有任何题目（[[steps]]）"),
    (r"unknown key '(.+)'(?: in option (.+))?", r"不认识的栏目 \1"),
    (r"key '(.+)' is missing", r"缺少栏目 \1"),
    (r"'?(?:key )?'?(.+?)'? must be (?:a text|true or false)", r"\1 的写法不对"),
    (r"an option needs an id and a label", r"每个选项要有 id 和 label"),
    (r"the id is used (\d+) times", r"编号用了 \1 次"),
    (r"default_office '(.+)' is not in the directory", r"名录里没有默认经办机构“\1”"),
    (r"office_step '(.+)' is no step", r"office_step 写的“\1”不是题目"),
    (r"(\w+): the text is too long", r"\1 太长"),
    (r"an id is ASCII letters, digits and underscores", r"编号只能用英文字母、数字和下划线"),
    (r"unknown kind '(.+?)'; known are .*", r"不认识的题型 \1"),
    (r"label is missing", r"缺少名称（label）"),
    (r"prompt is missing", r"缺少问话（prompt）"),
    (r"dead end: a choice needs at least two options", r"选择题至少要两个选项"),
    (r"only a choice has options", r"只有选择题能有选项"),
    (r"a consent names the group of items it is for", r"同意题要写明为哪一组信息（consent）"),
    (r"option '(.+)' stands twice", r"选项 \1 重复"),
    (r"text too long: (\d+) bytes with its options, (\d+) fit", r"太长：连选项 \1 字节，最多 \2 字节"),
    (r"(\w+) is too long", r"\1 太长"),
    (r"its condition names the unknown step '(.+)'", r"条件里的“\1”不是题目"),
    (r"its condition names '(.+)', which is not asked before it", r"条件里的“\1”排在后面，要排到前面"),
    (r"its condition names '(.+)', which is no option of (.+)", r"条件里的“\1”不是 \2 的选项"),
    (r"nobody asks for the consent '(.+)' before it", r"前面没有征求“\1”的同意"),
    (r"unreachable: no answers make it relevant", r"怎么回答都到不了这一题"),
    (r"dead end: with .* nothing is asked", r"有一种回答会什么都不问"),
    (r"its conditions have (\d+) combinations; (\d+) can be proved", r"条件组合太多（\1），最多 \2"),
    (r"the columns (.+) are missing", r"缺少这些栏目：\1"),
    (r"has more fields than the header", r"栏目比表头多"),
    (r"has fewer fields than the header", r"栏目比表头少"),
    (r"there is no office", r"没有经办机构"),
    (r"(\w+) is empty", r"\1 是空的"),
    (r"the office (.+) is already in row (\d+)", r"“\1”和第 \2 行重复"),
    (r"the adcode (.+) is already in row (\d+)", r"区划代码 \1 和第 \2 行重复"),
    (r"the telephone (.+) is already in row (\d+)", r"电话 \1 和第 \2 行重复"),
    (r"there is no (?:province|city) (.+)", r"没有“\1”这个省或市"),
    (r"(.+) has no city", r"“\1”没有写市"),
    (r"adcode '?(.+?)'? does not have 6 digits", r"区划代码 \1 不是 6 位数字"),
    (r"adcode (\S+) (?:\(.*\) )?is not a division we know", r"不认识区划代码 \1"),
    (r"adcode (\S+) is (.+), not (.+)", r"区划代码 \1 是“\2”，不是“\3”"),
    (r"(.+) is not in (.+)", r"“\1”不在 \2"),
    (r"(.+) needs its adcode", r"“\1”要写区划代码"),
    (r"'(.+)' is not a telephone number like .*", r"“\1”不像电话号码"),
    (r"phones has a ; too many", r"电话栏多了一个分号"),
    (r"seed_row '(.+)' is not a number", r"序号“\1”不是数字"),
    (r"checked '(.+)' is not a day like .*", r"核对日期“\1”要写成 2026-11-22 这样"),
)
_WHERE = re.compile(r"^(?:row (\d+)|step (\w+)): (.*)$", re.DOTALL)


def in_chinese(fault: str) -> str:
    """One fault, with where it stands."""
    where = _WHERE.match(fault)
    place, what = "", fault
    if where is not None:
        place = f"第 {where[1]} 行：" if where[1] else f"题目 {where[2]}："
        what = where[3]
    for pattern, words in _WORDS:
        if (found := re.fullmatch(pattern, what, re.DOTALL)) is not None:
            return f"{place}{found.expand(words)}"
    return place + what
