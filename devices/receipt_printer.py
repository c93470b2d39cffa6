"""The receipt printer: an ESC/POS printer that cuts and lets the paper hang in its slot.

Fault codes E-RP-01 … E-RP-12: see `devices.paper_printer.fault_table`.
"""

from devices.paper_printer import PaperPrinter, fault_table, render
from drivers.escpos.phases import Timing
from drivers.escpos.profiles import PROFILES, Profile
from drivers.escpos.text import Glyph

__all__ = ["FAULTS", "ReceiptPrinter", "render"]

FAULTS = fault_table("E-RP", presenter=False)


class ReceiptPrinter(PaperPrinter):
    """Events: `PrintFinished`, `PaperSupplyChanged`, `StatusChanged`.

    `baud` and `columns` are the profile's unless given; `glyph` draws characters that GBK does not have.
    """

    def __init__(
        self,
        device_id: str,
        *,
        baud: int | None = None,
        profile: Profile = PROFILES["generic-80"],
        columns: int | None = None,
        glyph: Glyph | None = None,
        timing: Timing | None = None,
    ) -> None:
        super().__init__(device_id, FAULTS, profile=profile, baud=baud, columns=columns, glyph=glyph, timing=timing)
