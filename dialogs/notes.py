"""The sentences that go with an office, with a question asked back, or with "not in our directory"."""

WHICH_PLACE = "请告诉我你最后参保的区、县或市，例如“五华区”“延吉市”。"
POINT_OUTSIDE = "这个位置不在昆明市和吉林省，名录里没有它的经办机构。请打12333问当地。"
NO_SUCH_BANK = "指南里没有写由这家银行发放的机构。请直接问你参保地的经办机构。"
NOT_THIS = "好的，不是那里。请告诉我你最后参保的区、县或市。"


def falls_to_city(district: str, office: str) -> str:
    return f"指南没有单列{district}，{district}由{office}负责。"


def elsewhere(place: str) -> str:
    return f"名录里没有{place}。这里只有昆明市和吉林省的经办机构，其他地方请打当地12333。"


def not_listed(place: str, refer: str) -> str:
    return f"指南的表里没有单列{place}，可以先问{refer}。" if refer else f"指南的表里没有单列{place}。"


def which_province(province: str) -> str:
    return f"你说的是{province}的吗？"


def which(surface: str) -> str:
    return f"“{surface}”可能指几个地方，你说的是哪一个？"


def only_in(place: str, surface: str) -> str:
    return f"别的省也有“{surface}”。你说的是{place}的吗？"


def which_part(place: str) -> str:
    return f"你最后参保在{place}的哪个区、县或市？"


def which_of_both() -> str:
    return "你说了几个地方。失业金由最后交社保的地方办，是哪一个？"
