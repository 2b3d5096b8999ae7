"""The menu calls of WeChat's HTTP API, and the tags that conditional menus are for. Each raises WeChatError.

source   the platform's pages service/api/custommenu/… and service/api/usermanage/tag/…
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from bot.wechat_http import Json
from handlers.ports import WeChatError


class WeChatMenus(ABC):
    """One part of WeChatClient, which makes the calls."""

    @abstractmethod
    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        repeatable: bool = True,
    ) -> Json: ...

    def create_menu(self, menu: Json) -> None:
        """Put the default menu live. Clients see it when they next open the chat, at most every 5 minutes."""
        self._call("POST", "cgi-bin/menu/create", body=menu)

    def get_menu(self) -> Json | None:
        """The live menu as {"menu": {"button": […]}, "conditionalmenu": […]}; None when there is none."""
        try:
            return self._call("GET", "cgi-bin/menu/get")
        except WeChatError as error:
            if error.remedy == "gone":
                return None
            raise

    def get_self_menu(self) -> Json | None:
        """What people see of the default menu, also when it was made on mp.weixin.qq.com: {"selfmenu_info": …}.

        None when it is switched off or there is none. The only menu call of accounts without 认证.
        """
        found = self._call("GET", "cgi-bin/get_current_selfmenu_info")
        return found if found.get("is_menu_open") and found.get("selfmenu_info") else None

    def delete_menu(self) -> None:
        """Take the menu away, and all conditional menus with it."""
        self._call("GET", "cgi-bin/menu/delete")

    def add_conditional_menu(self, menu: Json) -> str:
        """A menu for those with a tag (`matchrule`); its menuid. The default menu must be there first."""
        return str(self._call("POST", "cgi-bin/menu/addconditional", body=menu, repeatable=False).get("menuid", ""))

    def delete_conditional_menu(self, menuid: str) -> None:
        """Take one conditional menu away; nothing happens when it is gone already."""
        try:
            self._call("POST", "cgi-bin/menu/delconditional", body={"menuid": menuid})
        except WeChatError as error:
            if error.remedy != "gone":
                raise

    def try_menu(self, openid: str) -> Json:
        """The buttons this person would get: {"button": […]}. 20 000 times a day."""
        return self._call("POST", "cgi-bin/menu/trymatch", body={"user_id": openid})

    def get_tags(self) -> dict[str, str]:
        """The account's tags: number to name."""
        tags = self._call("GET", "cgi-bin/tags/get").get("tags")
        entries = [one for one in tags if isinstance(one, dict)] if isinstance(tags, list) else []
        return {str(one.get("id", "")): str(one.get("name", "")) for one in entries}
