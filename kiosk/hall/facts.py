"""What the machines and the screens may know of the house, gathered for one pass."""

from collections.abc import Callable

from devices.status import DeviceStatus, Fault
from kiosk.config import Config
from kiosk.day.checks import Supplies
from kiosk.day.schedule import Plan
from kiosk.hall.books import Books
from kiosk.hall.devices import Devices
from kiosk.hall.state import HallState
from kiosk.moment import ClockQuality
from kiosk.tickets.machine import TicketHouse
from kiosk.topup.session import HallFacts, House, Phase
from kiosk.view.counter import CounterScene, DeviceFact
from kiosk.view.scene import Setting

_NO_CARDS = (DeviceStatus.OFFLINE, DeviceStatus.NO_DEVICE, DeviceStatus.HARDWARE_ERROR)
"""No card can be read: tickets and notices only."""


class Facts:
    """Reads; decides only whether cash may be taken."""

    def __init__(
        self, config: Config, state: HallState, books: Books, devices: Devices, free_mib: Callable[[], int]
    ) -> None:
        self._config = config
        self._state = state
        self._books = books
        self._devices = devices
        self._free_mib = free_mib
        self.tariffs = config.tariffs()
        self.limits = config.purchase_limits()
        self.plan = _plan(config)
        self.cash_unit = config.note_acceptor.cash_unit

    # The devices -----------------------------------------------------------------------------------------------------

    def status(self, device: str) -> DeviceStatus:
        if device in self._state.port_faults:
            return DeviceStatus.NO_DEVICE
        return self._devices.each()[device].status

    def fault(self, device: str) -> Fault | None:
        """Of its port, or its own."""
        return self._state.port_faults.get(device) or self._devices.each()[device].fault

    def acceptor_usable(self) -> bool:
        acceptor = self._devices.note_acceptor
        usable = (DeviceStatus.ONLINE, DeviceStatus.DEVICE_BUSY)
        return acceptor.ready and acceptor.status in usable and "note_acceptor" not in self._state.port_faults

    def tickets_possible(self) -> bool:
        return (
            self._devices.ticket_dispenser.can_print
            and self._state.trouble is None
            and self._state.line.business_date is not None
        )

    def unit_room(self) -> int:
        """Notes that the cash unit can still take by our own count, since it was counted last."""
        return self._config.note_acceptor.capacity_notes - self._books.notes_in_unit

    # Cash ------------------------------------------------------------------------------------------------------------

    def cash_refusal(self) -> str:
        """Why no cash is taken now, as a message code: the first of these that holds."""
        if self._state.trouble is not None:
            return "disk_full"
        if self._state.now.quality is ClockQuality.IMPLAUSIBLE:
            return "clock_wrong"
        if not self._state.day.trading:
            return "idle.closed"
        if not self._state.screen_present:
            return "out_of_service"
        if self._free_mib() < self._config.storage.disk_free_mib_min:
            return "disk_full"
        if self.status("card_reader") in _NO_CARDS:
            return "reader_down"
        if not self._devices.receipt_printer.can_print:
            return "printer_out"
        if not self.acceptor_usable():
            return "acceptor_down"
        if self.unit_room() <= 0:
            return "paying.unit_full"
        return ""

    # What each machine is told ---------------------------------------------------------------------------------------

    def house(self) -> House:
        config, times = self._config, self._config.timeouts
        return House(
            moment=self._state.now,
            fresh_order_id=self._books.fresh_order_id(config.hall.terminal, self._state.now.wall.date()),
            cash_unit=self.cash_unit,
            tariffs=self.tariffs,
            limits=self.limits,
            denominations_fen=frozenset(yuan * 100 for yuan in config.note_acceptor.denominations_yuan),
            card_s=times.card_s,
            choose_s=times.choose_s,
            pay_s=times.pay_s,
            confirm_s=times.confirm_s,
            reinsert_s=times.reinsert_s,
            done_s=times.done_s,
            message_s=times.idle_s,
            refuse_in_arrears=config.policy.arrears == "refuse",
            region=config.hall.region,
            cash_refusal=self.cash_refusal(),
            can_print=self._devices.receipt_printer.can_print,
            stacked_count=self._devices.note_acceptor.stacked_count,
            hall=HallFacts(
                name_zh=config.hall.name_zh,
                terminal=config.hall.terminal,
                service_phone=config.hall.service_phone,
                paper_columns=config.receipt_printer.columns,
            ),
            chain_head=self._books.journal.head()[1],
        )

    def ticket_house(self) -> TicketHouse:
        config = self._config
        return TicketHouse(
            moment=self._state.now,
            choose_s=config.timeouts.choose_s,
            done_s=config.timeouts.done_s,
            can_print=self.tickets_possible(),
            hall_name=config.hall.name_zh,
            service_phone=config.hall.service_phone,
            columns=config.ticket_dispenser.columns,
            windows_open=len(config.window),
            request_id=f"{self._books.boot_id}/{self._books.journal.head()[0]}",
        )

    def supplies(self) -> Supplies:
        return Supplies(
            receipt_paper=self._devices.receipt_printer.paper,
            ticket_paper=self._devices.ticket_dispenser.paper,
            notes_in_unit=self._books.notes_in_unit,
            disk_free_mib=self._free_mib(),
        )

    # What the screens are told ---------------------------------------------------------------------------------------

    def setting(self) -> Setting:
        config = self._config
        windows = config.window
        return Setting(
            hall_name={"zh_CN": config.hall.name_zh, "en": config.hall.name_en},
            service_phone=config.hall.service_phone,
            opens=config.hall.opens.strftime("%H:%M"),
            closes=config.hall.closes.strftime("%H:%M"),
            now=self._state.now.wall,
            trading=self._state.day.trading,
            tickets_possible=self.tickets_possible(),
            cash_places={
                "zh_CN": "、".join(window.name_zh for window in windows),
                "en": ", ".join(window.name_en for window in windows),
            },
            notices=tuple(
                {"zh_CN": (row.title_zh, row.body_zh), "en": (row.title_en, row.body_en)}
                for row in config.notices_on(self._state.now.wall.date())
            ),
            amounts_yuan=config.presets.amounts_yuan,
            volumes_m3=config.presets.volumes_m3,
        )

    def counter_scene(self) -> CounterScene:
        state = self._state
        return CounterScene(
            hall_name=self._config.hall.name_zh,
            now=state.now.wall,
            business_date=self._books.business_date,
            state=state.day,
            devices=[DeviceFact(name, self.status(name), self.fault(name)) for name in self._devices.each()],
            kiosk_busy=state.visit.phase is not Phase.IDLE,
            clerk_called=state.manner.clerk_called,
            cash_refusal=self.cash_refusal(),
            orders=tuple(self._books.orders.values()),
            line=state.line,
            denominations_fen=self.plan.denominations_fen,
            storage_error=str(state.trouble.error) if state.trouble else "",
            refusal=state.counter_refusal,
        )


def _plan(config: Config) -> Plan:
    return Plan(
        hall_name_zh=config.hall.name_zh,
        terminal=config.hall.terminal,
        opens=config.hall.opens,
        closes=config.hall.closes,
        check_minutes_before=config.hall.check_minutes_before,
        open_weekdays=config.hall.open_weekdays,
        cash_unit=config.note_acceptor.cash_unit,
        denominations_fen=tuple(yuan * 100 for yuan in config.note_acceptor.denominations_yuan),
        capacity_notes=config.note_acceptor.capacity_notes,
        disk_free_mib_min=config.storage.disk_free_mib_min,
        paper_columns=config.receipt_printer.columns,
        service_phone=config.hall.service_phone,
        tariff_names=tuple((row.id, row.name_zh) for row in config.tariff),
    )
