"""The customer's screens: one function for each phase of the visit, chosen by a table."""

from collections.abc import Callable, Mapping

from kiosk.topup.session import House, Phase, Visit
from kiosk.view.arriving import card_summary, idle, reading
from kiosk.view.choosing import choose, quote_screen
from kiosk.view.finishing import card_left, done, message_screen, receipt, reinsert, rereading, writing
from kiosk.view.paying import choice, confirm, note_in_flight, paying, resume
from kiosk.view.scene import Manner, Scene, Setting, dressed
from kiosk.view.shapes import CustomerView
from kiosk.view.wording import wording_for


def customer_view(visit: Visit, house: House, manner: Manner, setting: Setting) -> CustomerView:
    """What the customer sees now. Pure."""
    say = wording_for(visit, manner.language, phone=setting.service_phone, opens=setting.opens, closes=setting.closes)
    scene = Scene(visit, house, manner, setting, say)
    return dressed(_SCREENS[visit.phase](scene), scene, deadline_s=visit.deadline_s)


_SCREENS: Mapping[Phase, Callable[[Scene], CustomerView]] = {
    Phase.IDLE: idle,
    Phase.READING: reading,
    Phase.CARD: card_summary,
    Phase.CHOOSE: choose,
    Phase.QUOTE: quote_screen,
    Phase.COLLECTING: paying,
    Phase.NOTE_IN_FLIGHT: note_in_flight,
    Phase.CHOICE: choice,
    Phase.CONFIRM: confirm,
    Phase.RESUME: resume,
    Phase.WRITING: writing,
    Phase.REINSERT: reinsert,
    Phase.REREADING: rereading,
    Phase.RECEIPT: receipt,
    Phase.DONE: done,
    Phase.MESSAGE: message_screen,
    Phase.CARD_LEFT: card_left,
}
