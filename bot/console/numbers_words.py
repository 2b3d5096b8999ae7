"""What the page of numbers says."""

from collections.abc import Mapping

PERIODS: Mapping[int, str] = {7: "近 7 天", 30: "近 30 天", 90: "近 90 天"}
SUMMARY = "核对并提交"
PHOTO: Mapping[str, str] = {
    "empty": "没有内容", "too_many_bytes": "文件太大", "format": "格式不对", "animated": "动图", "broken": "打不开",
    "truncated": "不完整", "too_many_pixels": "尺寸太大", "too_small": "尺寸太小", "shape": "长宽不像",
    "lying": "横着放", "dark": "太暗", "bright": "太亮", "flat": "看不清内容", "blurred": "模糊", "shaken": "抖动",
    "glare": "反光", "grey": "黑白", "same": "和另一张相同", "wrong_paper": "放错材料",
    "other_id_number": "身份证号对不上", "other_card_number": "卡号对不上", "no_face": "没有人脸",
    "several_faces": "不止一张人脸", "face_place": "人脸位置不对",
}  # fmt: skip
STRENGTH: Mapping[str, str] = {"refuse": "请重拍", "advise": "建议重拍", "good": "通过"}
METER: Mapping[str, str] = {
    "missing": "该在却不在的照片", "unreadable": "打不开的照片", "pending_too_long": "十分钟还没处理完的照片",
    "set_aside": "试了几次仍处理不了的照片",
}  # fmt: skip
CHART_DAYS, CHART_TURNS, CHART_PEOPLE = "每天的消息和人数", "消息", "人"
CHART_STATES = "申领状态"
CHART_STEPS = "在哪一题停下"
CHART_PHOTOS = "照片没通过的原因"
LEFT, REACHED = "停在这题", "到过这题"
NOTHING = "还没有数据"


def duration(minutes: int | None) -> str:
    """Minutes as people say them."""
    if minutes is None:
        return "—"
    if minutes < 120:
        return f"{minutes} 分钟"
    if minutes < 48 * 60:
        return f"{minutes / 60:.1f} 小时"
    return f"{minutes / 1440:.1f} 天"
