"""Three questions before a claim: what national law asks for, explained, never promised.

Source: 社会保险法 45, 46; 失业保险条例 14, 17; 实施社会保险法若干规定 13 (人社部令第13号).
The ten reasons are this account's own list, not official codes: nobody publishes those.
"""

from dataclasses import dataclass
from typing import Literal

Known = Literal["yes", "no", "unsure"]
Outlook = Literal["seems_met", "seems_not_met", "ask_office"]

MONTHS_NEEDED = 12


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the work ended. `counts`: not by the person's own will, as the law lists it."""

    id: str
    label: str
    counts: Known
    why: str


REASONS: tuple[Reason, ...] = (
    Reason("expired", "合同到期", "yes", "合同到期终止，属于“非因本人意愿中断就业”。"),
    Reason("closed", "公司倒闭关停", "yes", "单位破产、被关停或解散，属于“非因本人意愿中断就业”。"),
    Reason("redundant", "公司裁员", "yes", "被裁员，属于“非因本人意愿中断就业”。"),
    Reason("dismissed", "公司辞退开除", "yes", "被辞退、开除，也属于“非因本人意愿中断就业”。"),
    Reason("agreed_by_employer", "公司提出协商解除", "yes", "单位先提出、双方商量好解除，属于“非因本人意愿中断就业”。"),
    Reason(
        "employer_at_fault",
        "因欠薪、不缴社保等我提出解除",
        "yes",
        "因单位欠薪、不缴社保等提出解除（劳动合同法38条），属于“非因本人意愿中断就业”，可能要你拿出证明。",
    ),
    Reason("resigned", "自己辞职", "no", "自己主动辞职，一般不算“非因本人意愿中断就业”。"),
    Reason("agreed_by_self", "自己提出协商解除", "no", "自己先提出协商解除，一般不算“非因本人意愿中断就业”。"),
    Reason("retired", "到龄退休", "no", "到龄退休、开始领养老金的，不能领失业保险金。"),
    Reason("unclear", "说不清", "unsure", "离开的原因说不清，要请经办机构看。"),
)
_BY_ID = {reason.id: reason for reason in REASONS}

RECORDED_REASON = "系统里的失业原因由单位申报，如不一致，请找单位或经办机构。"
_OFFICE_DECIDES = "由经办机构认定，我不能替他们决定。"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What the three answers suggest; `text` is fit to show, with {office} still to be filled."""

    outlook: Outlook
    reasons: tuple[str, ...]
    text: str


def eligibility(paid_a_year: Known, reason: str, registered_and_willing: Known) -> Eligibility:
    """Explain what three answers mean for a claim.

    paid_a_year             employer and person both paid for at least one year before the job was lost
    reason                  id of one of REASONS; raises ValueError for any other
    registered_and_willing  registered as unemployed and wants work; "no" can still be mended
    """
    if reason not in _BY_ID:
        raise ValueError(f"no such reason: {reason!r}")
    ended = _BY_ID[reason]
    reasons = (_PAID[paid_a_year], ended.why, _REGISTERED[registered_and_willing])
    if "no" in (paid_a_year, ended.counts):
        outlook: Outlook = "seems_not_met"
        verdict = "看起来还不符合申领条件，" + _OFFICE_DECIDES
        after = "交过的年限会保留。拿不准，先问{office}。"
    elif "unsure" in (paid_a_year, ended.counts, registered_and_willing):
        outlook, verdict, after = "ask_office", "有的地方还要问清楚，" + _OFFICE_DECIDES, "请问{office}。"
    elif registered_and_willing == "no":
        outlook, verdict = "ask_office", "还差失业登记这一步，" + _OFFICE_DECIDES
        after = "登记怎么办，请问{office}。"
    else:
        outlook, verdict = "seems_met", "看起来符合三个条件，" + _OFFICE_DECIDES
        after = "可以回“申领”开始办。有疑问，问{office}。"
    lines = [verdict, *(f"{number}. {why}" for number, why in enumerate(reasons, 1))]
    if reason != "retired":
        lines.append(RECORDED_REASON)
    return Eligibility(outlook, reasons, "\n".join([*lines, after]))


def longest_months(paid_months: int) -> int:
    """The ceiling of months by law for so many months paid, 0 under one year. The exact number is the province's."""
    if paid_months < 0:
        raise ValueError(f"months paid cannot be negative: {paid_months}")
    years = paid_months // 12
    if years < 1:
        return 0
    if years < 5:
        return 12
    return 18 if years < 10 else 24


def ceiling(paid_months: int) -> str:
    """The ceiling in words, never as "you will get"; {office} still to be filled."""
    months = longest_months(paid_months)
    if months == 0:
        return "缴费不满1年，一般还不能申领。交过的年限会保留，以后再参保可以累计。请问{office}。"
    return f"按缴费年限，最长{months}个月。具体几个月由当地核定，请问{{office}}。"


_PAID: dict[Known, str] = {
    "yes": "单位和本人都缴费满1年：你说满了。",
    "no": "单位和本人都要缴费满1年：你说还没有满。",
    "unsure": "单位和本人都要缴费满1年：你不确定，经办机构能查到。",
}
_REGISTERED: dict[Known, str] = {
    "yes": "已办失业登记，并想找工作：你说是。",
    "no": "还要办失业登记，并愿意找工作。登记了才开始算，请尽快办。",
    "unsure": "还要办失业登记，并愿意找工作：你不确定，问一问经办机构。",
}
