"""What can be said while nobody can tell who asks: the store of conversations is away, or this person's part of it.

The guide, the questions and the offices need nobody's session, a filed claim stands in SQL. Everything else waits:
nothing of it is recorded, and the words say so and what to do. Nothing here changes what is kept. Pure.
"""

from dialogs import agent_words, agents, away_words, commands, sides, wording
from dialogs.conversation import MENU_KEYS
from dialogs.effects import (
    Clicked,
    Followed,
    Input,
    Located,
    PhotosComing,
    ReadClaims,
    Said,
    Sent,
    Turn,
    Unreadable,
)
from dialogs.guide import Asked
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Context, HandOver, Picture, Reply, Say, Tap
from dialogs.normal import bare
from dialogs.offices import Found
from dialogs.session import Session

STATIC = ("menu", "materials", "guide", "faq", "offices", "app")
"""Words whose answer is the same for everybody, as far as nobody's place is known."""


def answer(knowledge: Knowledge, session: Session, told: Input, moment: Moment) -> Turn:
    """
    session  an empty one: only its openid counts. The turn's session is to be thrown away
    returns  replies, () for events that want no words; or ReadClaims to be performed, then answered with `claims`
    """
    match told:
        case Said(text):
            return _said(knowledge, session, text, moment)
        case Clicked(key):
            return _word(knowledge, session, MENU_KEYS.get(key, "menu"), moment)
        case Sent() | PhotosComing():
            return Turn(session, (Say(away_words.PHOTO),))
        case Located():
            return Turn(session, (Say(away_words.PLACE_INSTEAD), Say(away_words.NOTED_LATER)))
        case Followed(scene):
            office = knowledge.directory.named(scene.removeprefix("office:"))
            scanned = (Say(wording.OFFICE_SCANNED.format(office=office.name)),) if office is not None else ()
            return Turn(session, (sides.welcome(knowledge), *scanned))
        case Unreadable():
            return Turn(session, (Say(away_words.ONLY_TEXT), Say(away_words.NOTED_LATER)))
        case _:
            return Turn(session, ())


def claims_unknown(knowledge: Knowledge) -> tuple[Reply, ...]:
    """Neither the session nor the filed claims can be read: whom to call is known all the same."""
    return (Say("\n".join((away_words.STATUS_UNKNOWN, *_numbers_to_call(knowledge)))), Say(away_words.NOTED_LATER))


def claims(knowledge: Knowledge, turn: Turn) -> tuple[Reply, ...]:
    """What was read of filed claims, as `conversation.converse` tells it of an empty session."""
    known = [reply for reply in turn.replies if not (isinstance(reply, Say) and wording.STATUS_NONE in reply.text)]
    return (*(known or (Say(away_words.NONE_FILED),)), Say(away_words.NOTED_LATER))


def _said(knowledge: Knowledge, session: Session, text: str, moment: Moment) -> Turn:
    word = commands.command(text)
    if word is not None:
        return _word(knowledge, session, word, moment)
    if not bare(text) or bare(text).isdigit() or commands.line_to_edit(text) or commands.part_asked(text):
        return _later(session)
    asked = knowledge.guide.ask(text, knowledge.directory, Context())
    return _understood(knowledge, session, asked, text, moment)


def _understood(knowledge: Knowledge, session: Session, asked: Asked, text: str, moment: Moment) -> Turn:
    if asked.stops_form:  # a person in need comes before everything
        return Turn(session, (Say(asked.reply),))
    if asked.kind == "status":
        return Turn(session, (), (ReadClaims(),))
    if asked.topic == "human":
        return _word(knowledge, session, "human", moment)
    if asked.kind == "claim" or (asked.topic in sides.NOT_UNDERSTOOD and not asked.offered):
        return _later(session)
    if asked.kind == "office":
        return _found(knowledge, session, knowledge.directory.find(text, Context()), asked.reply)
    if asked.offered:
        return _asking_back(session, asked.reply, tuple(map(knowledge.guide.question, asked.offered)))
    return _and_later(session, Say(asked.reply))


def _word(knowledge: Knowledge, session: Session, word: str, moment: Moment) -> Turn:
    match word:
        case "faq":
            questions = tuple(map(knowledge.guide.question, sides.ASKED_OFTEN))
            return _asking_back(session, sides.ASKED_OFTEN_TOP, questions)
        case "board" | "sheet" | "materials":
            return _and_later(session, *sides.materials(knowledge, session).replies)
        case _ if word in STATIC:
            return _and_later(session, *sides.topic(knowledge, session, word).replies)
        case "help" | "back":
            return _and_later(session, Say(wording.HELP if word == "help" else wording.MENU))
        case "status":
            return Turn(session, (), (ReadClaims(),))
        case "human":
            return _human(knowledge, session, moment)
        case "my_data" | "export" | "correct" | "withdraw" | "erase" | "withdraw_claim":
            return Turn(session, (Say(away_words.RIGHTS),))
        case _:
            return _later(session)


def _human(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    call = "\n".join((away_words.CALL, *_numbers_to_call(knowledge)))
    if agents.on_duty(knowledge.account, moment.now):
        return Turn(session, (HandOver(f"{call}\n{agent_words.TYPE_IT}"),))
    return _and_later(session, Say(call))


def _numbers_to_call(knowledge: Knowledge) -> list[str]:
    """Each programme's own office: which of them is this person's cannot be read."""
    offices = map(knowledge.default_office, knowledge.programmes.values())
    return [away_words.OFFICE.format(office=office.name, phone=knowledge.phone(office.name)) for office in offices]


def _found(knowledge: Knowledge, session: Session, found: Found, otherwise: str) -> Turn:
    if found.mode == "ask":
        return _asking_back(session, found.note or away_words.WHICH, tuple(row.name for row in found.offices)[:9])
    return _and_later(session, *sides.office(knowledge, session, found, otherwise).replies)


def _asking_back(session: Session, question: str, answers: tuple[str, ...]) -> Turn:
    """Options without numbers: a number typed in answer would mean nothing to whoever reads it next."""
    return _and_later(session, Say(question, tuple(Tap(one, one, "q") for one in answers)))


def _and_later(session: Session, *replies: Reply) -> Turn:
    says = tuple(_plain(reply) for reply in replies)
    return Turn(session, (*says, Say(away_words.NOTED_LATER)))


def _plain(reply: Reply) -> Say:
    """In words; taps that would be recorded (a number nobody answers) are left out."""
    if isinstance(reply, Picture):
        return Say(reply.else_say)
    return reply if isinstance(reply, Say) else Say(reply.else_say)


def _later(session: Session) -> Turn:
    return Turn(session, (Say(away_words.CLAIM),))
