"""The table of a visit: what each event means in each phase.

    IDLE -> READING -> CARD -> CHOOSE -> QUOTE -> COLLECTING -> CONFIRM -> WRITING -> RECEIPT -> DONE -> IDLE
                 \\-> RESUME -----------------------------------^    |
                                              CHOICE, NOTE_IN_FLIGHT  \\-> REINSERT -> REREADING -^

`step` is total: an event without a row in its phase has a row in ANYWHERE or changes nothing. Handlers are pure; each
lives in the module that is named after its part of the visit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.topup import arriving, choosing, collecting, ending, writing
from kiosk.topup.session import (
    CardCame,
    CardIdentified,
    CardNotUsable,
    CardWent,
    CashStopped,
    Event,
    House,
    NoteGivenBack,
    NoteLost,
    NoteOffered,
    NoteRejected,
    NoteSecured,
    Phase,
    PrintDone,
    ScreenBack,
    ScreenGone,
    Step,
    TimeUp,
    Touched,
    Visit,
    WriteFinished,
)

Handler = Callable[[Visit, Any, House], Step]

TABLE: Mapping[tuple[Phase, type[Event]], Handler] = {
    (Phase.IDLE, CardCame): arriving.came,
    (Phase.READING, CardIdentified): arriving.identified,
    (Phase.READING, CardNotUsable): arriving.not_usable,
    (Phase.READING, TimeUp): arriving.reading_took_too_long,
    (Phase.CARD, TimeUp): collecting.leave_before_order,
    (Phase.CARD, ScreenGone): collecting.leave_before_order,
    (Phase.CHOOSE, TimeUp): collecting.leave_before_order,
    (Phase.CHOOSE, ScreenGone): collecting.leave_before_order,
    (Phase.QUOTE, TimeUp): collecting.leave_before_order,
    (Phase.QUOTE, ScreenGone): collecting.leave_before_order,
    (Phase.COLLECTING, NoteOffered): collecting.offered,
    (Phase.COLLECTING, NoteRejected): collecting.rejected,
    (Phase.COLLECTING, CardWent): collecting.card_went,
    (Phase.COLLECTING, CashStopped): collecting.cash_stopped,
    (Phase.COLLECTING, ScreenGone): collecting.screen_gone,
    (Phase.COLLECTING, TimeUp): collecting.time_up,
    (Phase.NOTE_IN_FLIGHT, NoteOffered): collecting.offered,
    (Phase.NOTE_IN_FLIGHT, TimeUp): collecting.note_in_flight_too_long,
    (Phase.CHOICE, TimeUp): collecting.buy_what_is_inserted,
    (Phase.CHOICE, ScreenGone): collecting.buy_what_is_inserted,
    (Phase.CONFIRM, TimeUp): collecting.buy_what_is_inserted,
    (Phase.CONFIRM, ScreenGone): collecting.buy_what_is_inserted,
    (Phase.CONFIRM, CardWent): collecting.card_went,
    (Phase.RESUME, TimeUp): writing.resume,
    (Phase.RESUME, ScreenGone): writing.resume,
    (Phase.WRITING, WriteFinished): writing.written,
    (Phase.REINSERT, CardCame): writing.came_again,
    (Phase.REINSERT, TimeUp): writing.card_did_not_come,
    (Phase.REREADING, CardIdentified): writing.reread,
    (Phase.REREADING, CardNotUsable): writing.reread_failed,
    (Phase.REREADING, CardWent): writing.went_again,
    (Phase.REREADING, TimeUp): writing.card_did_not_come,
    (Phase.RECEIPT, TimeUp): ending.paper_took_too_long,
    (Phase.RECEIPT, CardCame): arriving.came,
    (Phase.DONE, TimeUp): ending.time_to_leave,
    (Phase.DONE, CardWent): ending.card_taken,
    (Phase.MESSAGE, TimeUp): ending.time_to_leave,
    (Phase.DONE, CardCame): arriving.came,
    (Phase.MESSAGE, CardWent): ending.card_taken,
    (Phase.MESSAGE, CardCame): arriving.came,
    (Phase.CARD_LEFT, CardWent): ending.card_taken,
    (Phase.CARD, CardWent): ending.card_taken,
    (Phase.CHOOSE, CardWent): ending.card_taken,
    (Phase.QUOTE, CardWent): ending.card_taken,
    (Phase.READING, CardWent): ending.card_taken,
    (Phase.RESUME, CardWent): ending.card_taken,
}

TOUCHES: Mapping[tuple[Phase, str], Handler] = {
    (Phase.CARD, "top_up"): choosing.begin,
    (Phase.CARD, "leave"): collecting.leave_before_order,
    (Phase.CHOOSE, "mode"): choosing.set_mode,
    (Phase.CHOOSE, "amount"): choosing.by_amount,
    (Phase.CHOOSE, "volume"): choosing.by_volume,
    (Phase.CHOOSE, "leave"): collecting.leave_before_order,
    (Phase.QUOTE, "pay"): choosing.pay,
    (Phase.QUOTE, "back"): choosing.back_to_choice,
    (Phase.QUOTE, "leave"): collecting.leave_before_order,
    (Phase.COLLECTING, "cancel"): collecting.cancel,
    (Phase.CHOICE, "buy_inserted"): collecting.buy_what_is_inserted,
    (Phase.CHOICE, "slip"): collecting.take_slip,
    (Phase.CHOICE, "go_on"): collecting.go_on_paying,
    (Phase.CONFIRM, "confirm"): collecting.buy_what_is_inserted,
    (Phase.CONFIRM, "cancel"): collecting.cancel,
    (Phase.RESUME, "confirm"): writing.resume,
    (Phase.DONE, "leave"): ending.time_to_leave,
    (Phase.MESSAGE, "leave"): ending.time_to_leave,
    (Phase.MESSAGE, "again"): arriving.start_over,
}


ANYWHERE: Mapping[type[Event], Handler] = {
    NoteOffered: collecting.offered_out_of_place,
    NoteSecured: collecting.secured,
    NoteGivenBack: collecting.given_back,
    NoteLost: collecting.lost,
    PrintDone: ending.printed,
    ScreenBack: collecting.screen_back,
    ScreenGone: ending.screen_went,
    CardCame: ending.card_put_in,
    CardWent: ending.card_out,
}


def step(visit: Visit, event: Event, house: House) -> Step:
    """One event, one step. Pure."""
    if isinstance(event, Touched):
        handler = TOUCHES.get((visit.phase, event.intent))
    else:
        handler = TABLE.get((visit.phase, type(event))) or ANYWHERE.get(type(event))
    return handler(visit, event, house) if handler is not None else Step(visit)
