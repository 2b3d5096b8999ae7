"""A human agent at the other end of the chat: while one has it, nothing of ours answers or is recorded. Pure.

WeChat sends us nothing while an agent has the chat; what comes all the same (somebody still waits in the queue, or the
session ended without an event) goes on to the agents with transfer_customer_service, for "success" would swallow it.
The events that tell of agents may come twice, late, or never: CreateTime orders them, and time ends what no event does.
"""

from datetime import datetime

from msgspec.structs import replace

from dialogs import agent_words, claim, commands
from dialogs.effects import AgentCame, AgentLeft, Input, Located, Said, Sent, Turn, Unreadable
from dialogs.knowledge import Account, Moment
from dialogs.model import HandOver, Reply, Say
from dialogs.session import Agent, Session

HOLDS_MOST_S = 12 * 3600
"""No shift is longer: the event of its end was lost."""
WAITS_MOST_S = 5 * 60
"""Who asked for an agent writes to the agent; when none has come by then, we answer again."""
BACK = ("resume", "menu")
"""Words that take the person back to us; so does every menu button."""
SATURDAY = 5


def is_held(session: Session, now: int) -> bool:
    """Does an agent have this chat, or is one being waited for? Then nothing may be pushed. `now` in unix seconds."""
    agent = session.agent
    return agent is not None and (now - agent.since < HOLDS_MOST_S or now - agent.called < WAITS_MOST_S)


def on_duty(account: Account, now: datetime) -> bool:
    """Does an agent answer now? Monday to Friday in their hours; without hours always."""
    if not account.agents or not account.agent_hours:
        return account.agents
    minute = now.hour * 60 + now.minute
    return now.weekday() < SATURDAY and any(begin <= minute < end for begin, end in account.agent_hours)


def called(session: Session, moment: Moment) -> Session:
    """The chat is handed over."""
    return replace(session, agent=replace(session.agent or Agent(), called=int(moment.now.timestamp()), left=False))


def moved(session: Session, told: AgentCame | AgentLeft) -> Session:
    """An agent took the chat or gave it back; what is older than what we know changes nothing."""
    agent = session.agent or Agent()
    match told:
        case AgentCame(at) if at > agent.at:
            return replace(session, agent=Agent(at, since=at))
        case AgentLeft(at) if at >= agent.at:
            return replace(session, agent=Agent(at, left=agent.left or agent.since > 0 or agent.called > 0))
    return session


def theirs(session: Session, told: Input, moment: Moment) -> Turn | None:
    """A message that is the agent's, not ours; None for everything else."""
    if not is_held(session, int(moment.now.timestamp())) or not isinstance(told, Said | Sent | Located | Unreadable):
        return None
    if isinstance(told, Said) and commands.command(told.text) in BACK:
        return None
    return Turn(session, (HandOver(agent_words.HELD),))


def ours_again(session: Session, turn: Turn, moment: Moment) -> Turn:
    """Say, once, that it is us who answer now. `session` as it was before the turn."""
    agent = session.agent
    if agent is None or agent != turn.session.agent or not (agent.since or agent.called or agent.left):
        return turn
    if not turn.replies or not all(isinstance(reply, Say) for reply in turn.replies):
        return turn  # a picture stands alone in its reply: said with the next one
    if agent.left:
        words = agent_words.LEFT_IN_CLAIM if claim.is_open(turn.session) else agent_words.LEFT
    else:
        words = agent_words.BACK if is_held(session, int(moment.now.timestamp())) else agent_words.RAN_OUT
    says: tuple[Reply, ...] = (Say(words), *turn.replies)
    return replace(turn, session=replace(turn.session, agent=Agent(agent.at) if agent.at else None), replies=says)
