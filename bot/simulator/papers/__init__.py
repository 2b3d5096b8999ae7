"""Ready-made fictional papers, as a phone would photograph them: JPEG files drawn once by `papers.draw`.

All belong to 张测试 of 虚构省样例市 (region 990101, which does not exist), and every one says 样例.
"""

from importlib.resources import files

LABELS = {
    "id_portrait": "身份证人像面",
    "id_emblem": "身份证国徽面",
    "hukou_issue": "户口册（发证机关页）",
    "hukou_own": "户口册（本人页）",
    "portrait": "一寸照片",
    "bank_card": "银行卡",
    "social_card": "社会保障卡",
    "employment_cert": "就业创业证第2、3页",
    "passbook": "银行存折",
}


def jpeg(name: str) -> bytes:
    """The file's bytes. Raises LookupError for a name that is not in LABELS."""
    if name not in LABELS:
        raise LookupError(f"no paper {name!r}; there are {', '.join(LABELS)}")
    return files("bot.simulator.papers").joinpath(f"{name}.jpg").read_bytes()
