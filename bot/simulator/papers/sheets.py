"""Each paper as a flat sheet. The person, the numbers and the place are invented (region 990101 does not exist)."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from bot.simulator.papers.paint import INK, Colour, Fonts, face, guilloche, mark, rounded, seal
from bot.simulator.papers.scene import grained

NAME, ID_NUMBER, CARD_NUMBER = "张测试", "990101198503150017", "6222000000000001234"
ADDRESS = ("虚构省样例市示范区", "例子路１号２单元３０２室")
CARD = (1280, 808)  # ID-1, 85.6 × 54 mm
LABEL: Colour = (60, 110, 160)


def _card(ground: Colour, waves: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    card = Image.new("RGB", CARD, ground)
    guilloche(card, waves)
    return card, ImageDraw.Draw(card)


def id_portrait(fonts: Fonts) -> Image.Image:
    card, pen = _card((224, 236, 240), (196, 216, 226))
    label, value = fonts.size(36), fonts.size(44)
    rows = (
        (110, "姓  名", NAME),
        (200, "性  别", "男"),
        (290, "出  生", "1985 年 3 月 15 日"),
        (380, "住  址", ADDRESS[0]),
    )
    for y, name, text in rows:
        pen.text((90, y + 6), name, font=label, fill=LABEL)
        pen.text((236, y), text, font=value, fill=INK)
    pen.text((400, 206), "民  族", font=label, fill=LABEL)
    pen.text((540, 200), "汉", font=value, fill=INK)
    pen.text((236, 440), ADDRESS[1], font=value, fill=INK)
    pen.text((90, 660), "公民身份号码", font=fonts.size(40), fill=LABEL)
    pen.text((400, 650), ID_NUMBER, font=fonts.size(58, bold=True), fill=INK)
    card.paste(face((356, 440), (214, 228, 234)), (850, 110))
    return rounded(mark(card, fonts), 40)


def id_emblem(fonts: Fonts) -> Image.Image:
    card, pen = _card((228, 236, 240), (204, 220, 226))
    pen.ellipse((80, 90, 320, 330), fill=(206, 64, 52))
    pen.text((200, 210), "样例", font=fonts.size(80, bold=True), fill=(250, 214, 92), anchor="mm")
    pen.text((790, 130), "中华人民共和国", font=fonts.size(70), fill=INK, anchor="mm")
    pen.text((790, 260), "居 民 身 份 证", font=fonts.size(96, bold=True), fill=INK, anchor="mm")
    for y, name, text in ((520, "签发机关", "样例市公安局示范分局"), (640, "有效期限", "2016.03.15-2036.03.15")):
        pen.text((200, y), name, font=fonts.size(44), fill=LABEL)
        pen.text((470, y), text, font=fonts.size(48), fill=INK)
    return rounded(mark(card, fonts), 40)


def bank_card(fonts: Fonts) -> Image.Image:
    card, pen = _card((36, 92, 150), (58, 116, 174))
    white: Colour = (246, 248, 250)
    pen.text((70, 60), "样例银行", font=fonts.size(68, bold=True), fill=white)
    pen.text((70, 150), "SAMPLE BANK · 借记卡", font=fonts.size(34), fill=white)
    pen.rounded_rectangle((90, 280, 250, 400), 18, fill=(222, 190, 112), outline=(150, 120, 60), width=3)
    for x in (143, 197):
        pen.line((x, 280, x, 400), fill=(150, 120, 60), width=3)
    pen.line((90, 340, 250, 340), fill=(150, 120, 60), width=3)
    grouped = " ".join(CARD_NUMBER[at : at + 4] for at in range(0, len(CARD_NUMBER), 4))
    for shift, colour in ((3, (16, 50, 92)), (0, white)):
        pen.text((90 + shift, 470 + shift), grouped, font=fonts.size(78, bold=True), fill=colour)
    pen.text((90, 610), "有效期 VALID THRU 12/36", font=fonts.size(34), fill=white)
    pen.text((90, 680), "ZHANG CE SHI", font=fonts.size(44), fill=white)
    pen.text((1180, 720), "银联 UnionPay", font=fonts.size(44, bold=True), fill=white, anchor="rm")
    return rounded(mark(card, fonts, (255, 255, 255), 90), 44)


def social_card(fonts: Fonts) -> Image.Image:
    card, pen = _card((226, 234, 246), (202, 214, 236))
    pen.text((640, 80), "中华人民共和国社会保障卡", font=fonts.size(60, bold=True), fill=(30, 70, 140), anchor="mm")
    card.paste(face((300, 380), (250, 250, 250)), (80, 190))
    rows = (("姓名", NAME), ("社会保障号码", ID_NUMBER), ("发卡日期", "2021年6月"), ("卡号", "Z99010012"))
    for at, (name, text) in enumerate(rows):
        pen.text((430, 200 + at * 92), name, font=fonts.size(38), fill=(30, 70, 140))
        pen.text((690, 196 + at * 92), text, font=fonts.size(44), fill=INK)
    pen.text((80, 640), "虚构省人力资源和社会保障厅", font=fonts.size(40), fill=(30, 70, 140))
    pen.text((80, 706), "样例银行", font=fonts.size(44, bold=True), fill=(150, 40, 40))
    return rounded(mark(card, fonts), 40)


def _page(size: tuple[int, int], ground: Colour = (244, 236, 222)) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", size, ground)
    guilloche(page, (236, 222, 204), step=34)
    return page, ImageDraw.Draw(page)


def _table(
    pen: ImageDraw.ImageDraw,
    fonts: Fonts,
    corner: tuple[int, int],
    widths: tuple[int, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    height: int = 92,
) -> None:
    """Ruled cells; odd columns are labels."""
    brown: Colour = (120, 60, 50)
    for down, row in enumerate(rows):
        x, y = corner[0], corner[1] + down * height
        for at, text in enumerate(row):
            width = widths[at] if len(row) == len(widths) else (widths[0] if at == 0 else sum(widths[1:]))
            pen.rectangle((x, y, x + width, y + height), outline=brown, width=2)
            font = fonts.size(28 if at % 2 == 0 else 34)
            font = fonts.size(int(font.size * min(1.0, (width - 20) / max(1.0, font.getlength(text)))))
            pen.text((x + 10, y + height / 2), text, font=font, fill=brown if at % 2 == 0 else INK, anchor="lm")
            x += width


def hukou_issue(fonts: Fonts) -> Image.Image:
    page, pen = _page((1000, 1360))
    pen.text((500, 120), "居 民 户 口 簿", font=fonts.size(64, bold=True), fill=INK, anchor="mm")
    rows = [
        ("户别", "家庭户", "户主姓名", NAME),
        ("户号", "990100001", "住址", "例子路1号"),
        ("详细住址", "".join(ADDRESS)),
    ]
    _table(pen, fonts, (60, 240), (160, 280, 160, 280), rows, height=110)
    pen.text((90, 640), "省级公安机关户口专用章", font=fonts.size(30), fill=INK)
    pen.text((540, 640), "户口登记机关户口专用章", font=fonts.size(30), fill=INK)
    for x, words in ((120, "虚构省公安厅户口专用章"), (580, "样例市公安局户口专用章")):
        page.paste(stamp := seal(fonts, words, 300), (x, 700), stamp)
    pen.text((90, 1120), "承办人签章：李示例", font=fonts.size(34), fill=INK)
    pen.text((520, 1200), "2016 年 3 月 15 日 签发", font=fonts.size(34), fill=INK)
    return mark(page, fonts)


def hukou_own(fonts: Fonts) -> Image.Image:
    page, pen = _page((1000, 1360))
    pen.text((500, 100), "常住人口登记卡", font=fonts.size(60, bold=True), fill=INK, anchor="mm")
    rows = [
        ("姓名", NAME, "户主或与户主关系", "户主"),
        ("曾用名", "", "性别", "男"),
        ("出生地", "虚构省样例市", "民族", "汉族"),
        ("籍贯", "虚构省样例市", "出生日期", "1985年3月15日"),
        ("本市（县）其他住址", "", "宗教信仰", ""),
        ("公民身份证件编号", ID_NUMBER, "身高", "172 cm"),
        ("文化程度", "高中", "血型", "O"),
        ("婚姻状况", "已婚", "兵役状况", "未服兵役"),
        ("服务处所", "样例市示范机械厂", "职业", "工人"),
        ("何时由何地迁来本市（县）", "2010年由虚构省迁入"),
        ("何时由何地迁来本址", "2016年由样例市虚构路迁入"),
    ]
    _table(pen, fonts, (40, 180), (190, 330, 170, 230), rows, height=84)
    page.paste(stamp := seal(fonts, "样例市公安局户口专用章", 230), (660, 1110), stamp)
    pen.text((70, 1180), "承办人签章：李示例", font=fonts.size(32), fill=INK)
    pen.text((70, 1260), "登记日期：2016年3月15日", font=fonts.size(32), fill=INK)
    return mark(page, fonts)


def employment_cert(fonts: Fonts) -> Image.Image:
    page, pen = _page((1400, 1000), (238, 240, 232))
    pen.line((700, 20, 700, 980), fill=(170, 160, 150), width=4)
    pen.text((350, 70), "就业创业证", font=fonts.size(50, bold=True), fill=INK, anchor="mm")
    page.paste(face((230, 300), (120, 160, 214)), (80, 140))
    rows = [("姓名", NAME), ("性别", "男"), ("民族", "汉族")]
    _table(pen, fonts, (350, 140), (110, 210), rows, height=100)
    rows = [
        ("公民身份号码", ID_NUMBER),
        ("证书编号", "9901010016000123"),
        ("发证机关", "样例市示范区人社局"),
        ("发证日期", "2026年9月1日"),
    ]
    _table(pen, fonts, (50, 480), (210, 440), rows, height=90)
    pen.text((350, 930), "第 2 页", font=fonts.size(28), fill=INK, anchor="mm")
    pen.text((1050, 70), "失业登记情况", font=fonts.size(50, bold=True), fill=INK, anchor="mm")
    rows = [
        ("登记日期", "2026年9月1日"), ("失业日期", "2026年8月31日"), ("失业原因", "劳动合同期满终止"),
        ("原工作单位", "样例市示范机械厂"), ("求职意向", "机械加工"), ("经办人", "李示例"),
    ]  # fmt: skip
    _table(pen, fonts, (740, 140), (190, 420), rows, height=100)
    page.paste(stamp := seal(fonts, "样例市失业登记专用章", 220), (1080, 700), stamp)
    pen.text((1050, 930), "第 3 页", font=fonts.size(28), fill=INK, anchor="mm")
    return mark(page, fonts)


def passbook(fonts: Fonts) -> Image.Image:
    page, pen = _page((1400, 1000), (232, 240, 236))
    pen.text((700, 90), "样例银行 活期储蓄存折", font=fonts.size(58, bold=True), fill=(20, 90, 70), anchor="mm")
    rows = [
        ("户名", NAME),
        ("账号", "6222 0000 0000 0001 234"),
        ("开户行", "样例银行示范支行"),
        ("凭证号", "990100000123"),
        ("开户日期", "2020年5月6日"),
    ]
    _table(pen, fonts, (120, 200), (240, 760), rows, height=110)
    page.paste(stamp := seal(fonts, "样例银行示范支行储蓄章", 260), (1060, 620), stamp)
    pen.text((120, 860), "本存折只在开户行所在地通存通兑。", font=fonts.size(32), fill=INK)
    return mark(page, fonts)


def portrait(fonts: Fonts) -> Image.Image:
    """The 1-inch colour photograph itself, 25 × 35 mm, not on a table: people send the file."""
    picture = face((600, 840), (86, 140, 206)).filter(ImageFilter.UnsharpMask(2, 60))
    pen = ImageDraw.Draw(picture)
    pen.text((560, 810), "样例·虚构", font=fonts.size(26), fill=(240, 240, 244), anchor="rm")
    return grained(picture, 6.0)
