"""What is said of a photograph: each finding as a code with its measured numbers, and the sentence a claimant reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Strength = Literal["good", "advise", "refuse"]
"""advise: usable, a better one would help (重拍 or 仍用这张). refuse: cannot be used."""

Code = Literal[
    "empty", "too_many_bytes", "format", "animated", "broken", "truncated", "too_many_pixels",
    "too_small", "shape", "lying", "dark", "bright", "flat", "blurred", "shaken", "glare", "grey", "same",
    "wrong_paper", "other_id_number", "other_card_number", "no_face", "several_faces", "face_place",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding.

    measured  the number that decided, `limit` the bound it crossed; unit by code: bytes, pixels, width to height,
              grey level 0-255, edge width in thousandths of the long side, share of tiles, bits
    about     what the finding is about: the format's name, the size "300×200", the other paper's name, a masked number,
              where a face stands ("small" | "large" | "aside")
    wanted    what it should have been: the wanted paper's name; "typed" or "papers": what a number was compared with
    """

    code: Code
    strength: Strength
    measured: float = 0
    limit: float = 0
    about: str = ""
    wanted: str = ""


def strongest(reasons: Sequence[Reason]) -> Strength:
    """The strength of the whole: of its worst finding."""
    found = {reason.strength for reason in reasons}
    return "refuse" if "refuse" in found else "advise" if "advise" in found else "good"


def says(reasons: Sequence[Reason]) -> str:
    """One thing at a time: the worst finding and how to take the photo again; "" when nothing is wrong."""
    worst = strongest(reasons)
    if worst == "good":
        return ""
    return _sentence(next(reason for reason in reasons if reason.strength == worst))


def _sentence(reason: Reason) -> str:
    if reason.code == "format":
        return _of_format(reason.about)
    if (reason.code, reason.about) == ("shape", "portrait"):
        return "照片的长宽不像1寸照片。最好换一张1寸证件照（宽和高约5比7）。"
    if reason.code == "wrong_paper":
        return _of_paper(reason.about, reason.wanted)
    if reason.code in ("face_place", "other_id_number"):
        key = reason.about if reason.code == "face_place" else reason.wanted
        return _BY_CASE[key].format(about=reason.about)
    table = _REFUSED if reason.strength == "refuse" else _ADVISED
    return table[reason.code].format(
        about=reason.about,
        megabytes=f"{reason.measured / 1e6:.0f}",
        most=f"{reason.limit / 1e6:.0f}",
        wan=f"{reason.measured / 1e4:.0f}",
        count=f"{reason.measured:.0f}",
    )


def _of_paper(seen: str, wanted: str) -> str:
    """Two sides of one card are told apart by the side alone."""
    side = "身份证"
    if seen.startswith(side) and wanted.startswith(side):
        seen, wanted = seen.removeprefix(side), wanted.removeprefix(side)
    if (seen, wanted) == ("银行卡", "社会保障卡"):  # the back of a social-security card is a bank's
        return "这张像“银行卡”，现在需要“社会保障卡”有姓名的一面。"
    return f"这张像“{seen}”，现在需要“{wanted}”。"


def _of_format(name: str) -> str:
    match name:
        case "":
            return "这个文件不是照片。请用 JPG 照片：打开相机拍一张，直接发过来。"
        case "PDF" | "Word 或压缩包" | "视频" | "网页":
            return f"这是{_spaced(name)}，不是照片。请用 JPG 照片：打开相机拍一张，直接发过来。"
        case "GIF":
            return "这是 GIF 动图，用不了。请用 JPG 照片：打开相机拍一张，直接发过来。"
        case "HEIC" | "AVIF":
            return f"这张是 {name} 格式，暂时打不开。请用 JPG 照片：先给照片截屏，再把截屏发过来。"
    return f"这张是 {name} 格式，暂时打不开。请用 JPG 照片：打开相机拍一张，直接发过来。"


def _spaced(name: str) -> str:
    return f" {name} " if name[:1].isascii() else name


_REFUSED = {
    "empty": "这张照片是空的，没有收到内容。请再发一次。",
    "too_many_bytes": "照片文件太大（{megabytes} MB），最多 {most} MB。发送时请不要选“原图”，再发一次。",
    "too_many_pixels": "照片太大（{wan} 万像素），打不开。发送时请不要选“原图”，再发一次。",
    "animated": "这是动图，用不了。请用 JPG 照片：打开相机拍一张，直接发过来。",
    "broken": "照片打不开，文件可能坏了。请重新拍一张，再发一次。",
    "truncated": "照片没有传完整。请到网络好的地方，再发一次。",
    "too_small": "照片太小（{about}），看不清。请打开相机靠近重拍一张，发送时选“原图”。",
    "dark": "照片太暗，看不清。请到窗边或开灯，再拍一张。",
    "bright": "照片太亮，字看不见了。请避开强光，关掉闪光灯，再拍一张。",
    "flat": "照片上看不到内容。请对准证件，擦一擦镜头，再拍一张。",
    "blurred": "照片太模糊，看不清。请擦一擦镜头，拿稳手机，点屏幕对焦后再拍一张。",
    "grey": "这里要彩色照片，这张是黑白的。请换一张彩色照片。",
    "same": "这张和“{about}”是同一张照片。请发现在要的这一张。",
}
_ADVISED = {
    "too_small": "照片有点小（{about}），可能看不清。最好靠近重拍一张，发送时选“原图”。",
    "shape": "照片的长宽不太对。最好把整个证件拍进去，四边留一点空，再拍一张。",
    "lying": "照片好像是横着的。最好转正后再发一次。",
    "dark": "照片有点暗。最好到窗边或开灯，再拍一张。",
    "bright": "照片有点亮，字发白。最好避开强光，关掉闪光灯，再拍一张。",
    "blurred": "照片不太清楚。最好擦一擦镜头，拿稳手机，点屏幕对焦后再拍一张。",
    "shaken": "拍的时候手可能晃了，字不太清楚。最好拿稳手机，再拍一张。",
    "glare": "照片上有反光，可能挡住了字。最好换个角度避开灯光，再拍一张。",
    "grey": "这张是黑白的。最好用原件拍一张彩色照片。",
    "same": "这张和“{about}”是同一张照片。请看一看有没有发错。",
    "other_card_number": "照片上的卡号像是 {about}，和你填的不一样。请看一看是不是拿错了卡，或者卡号填错了。",
    "no_face": "照片上没有看清正脸。最好换一张正面免冠的1寸证件照。",
    "several_faces": "照片上好像有 {count} 张脸。最好换一张只有你本人的1寸证件照。",
}
_BY_CASE = {
    "typed": "照片上的身份证号像是 {about}，和你填的不一样。请看一看是不是拿错了证件，或者号码填错了。",
    "papers": "照片上的身份证号像是 {about}，和你另一张证件上的不一样。请看一看是不是拿错了。",
    "small": "脸在照片里太小。最好换一张1寸证件照，只有头和肩。",
    "large": "脸离得太近，没有拍全。最好换一张有头和肩的1寸证件照。",
    "aside": "脸不在照片中间。最好换一张脸在正中的1寸证件照。",
}
