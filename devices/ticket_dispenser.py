"""The ticket dispenser: an ESC/POS printer, mostly with a presenter that holds the cut ticket out until it is taken.

A ticket counts when it is proven printed and cut (`PrintFinished` with PRINTED). Taken or not is told afterwards: a
ticket that is left is retracted after the presenter's time, ejected where it cannot be retracted; when the next ticket
is wanted, one that still lies there is not waited for. Fault codes E-TD-01 … E-TD-13.
"""

from dataclasses import replace

from devices.paper_printer import PaperPrinter, fault_table
from drivers.escpos.phases import Timing
from drivers.escpos.profiles import PROFILES, Profile
from drivers.escpos.text import Glyph

FAULTS = fault_table("E-TD", presenter=True)


class TicketDispenser(PaperPrinter):
    """Events: `PrintFinished`, `PaperTaken`, `PaperRetracted`, `PaperSupplyChanged`, `StatusChanged`.

    With a profile without a presenter the ticket hangs in the slot, and taking it is not told. `not_taken_s` replaces
    the profile's time.
    """

    def __init__(
        self,
        device_id: str,
        *,
        baud: int | None = None,
        profile: Profile = PROFILES["custom-vkp80"],
        columns: int | None = None,
        glyph: Glyph | None = None,
        not_taken_s: float | None = None,
        timing: Timing | None = None,
    ) -> None:
        if not_taken_s is not None and profile.presenter is not None:
            profile = replace(profile, presenter=replace(profile.presenter, not_taken_s=not_taken_s))
        super().__init__(device_id, FAULTS, profile=profile, baud=baud, columns=columns, glyph=glyph, timing=timing)
