"""The parts of the front tied together: everything that answers in a chat."""

from __future__ import annotations

from telegram import Bot

from bot.attempts import Attempts
from bot.cases import Cases
from bot.clock import Numbers
from bot.compose import House
from bot.desk import Desk
from bot.drawing import Drawer
from bot.duty import DutyOffice
from bot.enrolment import Enrolment
from bot.erasing import Erasing
from bot.gate import Gate
from bot.office import Office
from bot.pins import PinKeeper
from bot.preferences import Preferences
from bot.queries import Queries
from bot.register import Register
from bot.settings import Settings
from bot.telegram.asking import Asking
from bot.telegram.board import Board
from bot.telegram.case import CaseTalk
from bot.telegram.charts import ChartTalk
from bot.telegram.choice import Choice
from bot.telegram.doubles import Doubles
from bot.telegram.duties import DutyTalk
from bot.telegram.erasing import ErasedCards, ErasingTalk
from bot.telegram.following import Following
from bot.telegram.front import Parts
from bot.telegram.keypad import Keypads
from bot.telegram.log import LogTalk
from bot.telegram.mailing import Mailing
from bot.telegram.menu import Menu
from bot.telegram.painter import Painter
from bot.telegram.people import PeopleTalk
from bot.telegram.picturing import Picturing
from bot.telegram.repeating import Repeating
from bot.telegram.screenings import Screenings
from bot.telegram.signing import SignTalk
from bot.telegram.talk import Talk
from bot.telegram.together import forgets_what_was_erased
from bot.telegram.trial import TrialTalk


def parts_of(
    house: House,
    settings: Settings,
    bot: Bot,
    register: Register,
    office: Office,
    desk: Desk,
    numbers: Numbers,
) -> Parts:
    """The parts of the front, each out of those before it."""
    cards = house.store.cards
    painter, menu = Painter(bot, cards), Menu(bot, mailing=register.mailing)
    gate = Gate(house.store.ledger, register, house.clock)
    pepper = settings.signing_pepper
    pins = (
        PinKeeper(house.store.pins, pepper.get_secret_value().encode(), house.clock)
        if pepper
        else None
    )
    signing = SignTalk(desk, register, gate, painter, pins, Keypads(numbers.new_secret))
    shared = not house.store.replicas.alone
    board = Board(register, painter, cards, signs=signing.offered, shared=shared)
    forgets_what_was_erased(house, register, desk, board)
    shelf, choice = house.shelf, Choice(register, house.shelf)
    queries = Queries(house.store.ledger, register, desk, house.clock)
    asking = Asking(queries, register, gate, painter, choice)
    repeating = Repeating(Attempts(desk, register), gate, board, register)
    screenings = Screenings(desk, register, gate, board, signing, repeating, asking)
    doubles = Doubles(screenings, register, gate, painter, choice)
    talk = Talk(screenings, register, shelf, painter, choice, doubles)
    people = PeopleTalk(office, register, talk, painter, menu, signing, choice)
    cases = Cases(house.store.ledger, register, house.clock)
    enrolment = Enrolment(house.store.ledger, register, house.clock)
    log_talk = LogTalk(register, shelf, painter, choice)
    following = Following(desk, register, gate, cases, painter)
    duty_office = DutyOffice(house.store.ledger, register, house.clock)
    duties = DutyTalk(duty_office, register, painter, choice)
    preferences = Preferences(house.store.ledger, register, house.clock)
    mailing = Mailing(preferences, register, gate, talk)
    erasing = Erasing(desk, register, house.store.ledger, house.store.keys, house.clock)
    erased = ErasedCards(register, board, painter, cards, settings.language)
    return Parts(
        bot=bot,
        register=register,
        office=office,
        screenings=screenings,
        talk=talk,
        people=people,
        painter=painter,
        menu=menu,
        signing=signing,
        following=following,
        doubles=doubles,
        asking=asking,
        duties=duties,
        mailing=mailing,
        log=log_talk,
        case=CaseTalk(desk, register, gate, enrolment, shelf, painter),
        trial=TrialTalk(register, gate, enrolment, shelf, painter, log_talk, choice),
        charts=ChartTalk(register, shelf, painter, Picturing(painter, Drawer()), choice),
        choice=choice,
        pins=pins,
        erasing=ErasingTalk(erasing, register, gate, talk, erased),
    )
