"""WeChat, played over HTTP: its API, its callback, a phone page, and followers as objects. Imports nothing of ours.

Start with `bot.simulator.platform.Platform` and `bot.simulator.server.serving`; the page's HTTP is in `phone`.
"""

from bot.simulator.settings import SimulatorSettings

__all__ = ["SimulatorSettings"]
