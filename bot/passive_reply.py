"""A passive reply as XML: well-formed whatever the words.

source   the platform's page service/guide/product/message/Passive_user_reply_message
"""

from dataclasses import dataclass

from bot.reply_text import MAX_BYTES, MORE, clean, cut, text_of
from dialogs.model import HandOver, Picture, Say
from handlers.inbound import Head

MAX_ARTICLES = 8


@dataclass(frozen=True, slots=True)
class ImageOut:
    """A picture WeChat already has; never an animated GIF."""

    media_id: str


@dataclass(frozen=True, slots=True)
class Article:
    """One card of a news reply; `pic_url` a JPEG or PNG of 360×200."""

    title: str
    description: str
    pic_url: str
    url: str


@dataclass(frozen=True, slots=True)
class NewsOut:
    """Cards. WeChat takes one in answer to a message, up to 8 in answer to an event."""

    articles: tuple[Article, ...]


Outbound = str | Say | Picture | HandOver | ImageOut | NewsOut
"""`str` is a Content made by text_of. A Picture whose media_id nobody has is said in words."""


def render(reply: Outbound, head: Head, created: int) -> str:
    """The XML that answers the push of `head`. `created` in unix seconds.

    HandOver only answers messages, never events: the caller takes its `else_say` there.
    """
    match reply:
        case ImageOut(media_id):
            inner = f"<Image>{_tag('MediaId', media_id)}</Image>"
            return _xml("image", inner, head, created)
        case HandOver():
            return _xml("transfer_customer_service", "", head, created)
        case NewsOut(articles):
            if not 1 <= len(articles) <= MAX_ARTICLES:
                raise ValueError(f"{len(articles)} articles: WeChat takes 1 to {MAX_ARTICLES}")
            items = "".join(_item(article) for article in articles)
            inner = f"<ArticleCount>{len(articles)}</ArticleCount><Articles>{items}</Articles>"
            return _xml("news", inner, head, created)
        case Picture(else_say=words):
            return _text(text_of(Say(words)), head, created)
        case Say():
            return _text(text_of(reply), head, created)
        case str():
            return _text(reply, head, created)


def _text(content: str, head: Head, created: int) -> str:
    """WeChat tells the follower the service is broken when Content is empty: then it says "…"."""
    words = cut(clean(content), MAX_BYTES)
    return _xml("text", _tag("Content", words if words.strip() else MORE), head, created)


def _item(article: Article) -> str:
    return (
        f"<item>{_tag('Title', article.title)}{_tag('Description', article.description)}"
        f"{_tag('PicUrl', article.pic_url)}{_tag('Url', article.url)}</item>"
    )


def _xml(kind: str, inner: str, head: Head, created: int) -> str:
    return (
        f"<xml>{_tag('ToUserName', head.openid)}{_tag('FromUserName', head.account)}"
        f"<CreateTime>{created}</CreateTime>{_tag('MsgType', kind)}{inner}</xml>"
    )


def _tag(name: str, text: str) -> str:
    safe = clean(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"
