"""Books that cannot be trusted, and a disk without room. The hall never writes on what it does not understand."""

import os
import shutil
import sqlite3
import sys
import time

import pytest

pytestmark = pytest.mark.wire


def _newer(database):
    with sqlite3.connect(database) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.close()


def _torn(database):
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size // 2)


def _overwritten(database):
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))


def _no_database(database):
    database.write_bytes(b"these are no books, " * 1000)


def goes_dark(house, code):
    """Nothing is opened, no cash is taken, the screen says so, staff are told what to do."""
    visitor = house.screen()
    shown = visitor.wait_for("out_of_service", 15)
    assert "暂停服务" in shown.title
    assert "0571-96777" in "".join((*shown.body, shown.footer))
    assert not shown.buttons
    ran = house.run("status", "--config", house.config, "--json")
    assert ran.returncode == 1
    assert code in ran.stdout
    assert code in house.log
    assert "Traceback" not in house.log
    acceptor = house.hall.devices["note-acceptor"]
    since = len(acceptor.events)
    acceptor.send("insert 50")
    assert acceptor.wait_for(lambda event: event["event"] != "listening", 10, since)["in_box_fen"] == 0
    return visitor


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(_newer, "E-ST-01"), (_torn, "E-ST-02"), (_overwritten, "E-ST-02"), (_no_database, "E-ST-02")],
)
def test_books_that_cannot_be_trusted_leave_the_hall_dark_and_are_not_touched(house, spoil, code):
    spoil(house.database)
    spoilt = house.database.read_bytes()
    house.starts("note-acceptor")
    goes_dark(house, code)
    assert house.database.read_bytes() == spoilt
    assert house.hall.hall.end() == 1
    house.hall.hall = None
    copies = sorted(house.folder.glob("hall.sqlite3.evidence-*"))
    assert len(copies) == (1 if code == "E-ST-02" else 0)
    verified = house.run("ledger", "verify", "--config", house.config, "--json")
    assert verified.returncode == 1
    assert code in verified.stdout
    # Started again, it is as dark as before, and the evidence is copied only once.
    house.hall.start_hall()
    house.until(lambda: house.log.count(code) >= 2 and os.path.exists(house.hall.socket), "it is dark again")
    assert sorted(house.folder.glob("hall.sqlite3.evidence-*")) == copies
    assert house.database.read_bytes() == spoilt


def test_a_database_of_another_terminal_is_not_written(house):
    house.config.write_text(house.config.read_text().replace('terminal = "T01"', 'terminal = "T02"'))
    before = house.database.read_bytes()
    house.starts("note-acceptor")
    goes_dark(house, "E-ST-07")
    assert house.database.read_bytes() == before


# A disk of its own ----------------------------------------------------------------------------------------------------

ON_A_SMALL_DISK = """
mount -t tmpfs -o size=3m none "$1"
cp "$2" "$1/hall.sqlite3"
test "$3" = full && cat /dev/zero > "$1/waste" 2> /dev/null || true
shift 3
exec "$@"
"""

HALL = """
import sys
import kiosk.app.hall_process as process
from kiosk.config import load_config
process._free_mib = lambda folder: 1000
process.DARK_RETRY_S = 0.3
process.set_up_logging()
sys.exit(process.run_hall(load_config(sys.argv[1])))
"""
"""The hall, which does not see beforehand that the disk is small, and which looks more often."""


class SmallDisk:
    """The hall's database on a file system of 3 MiB that only the hall sees; the test reaches it by /proc."""

    def __init__(self, house):
        self.house = house
        self.folder = house.folder / "disk"
        self.folder.mkdir()
        text = house.config.read_text().replace(f"{house.folder}/hall.sqlite3", f"{self.folder}/hall.sqlite3")
        house.config.write_text(text)

    def starts_hall(self, *, full=False):
        self.house.starts_as(
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", ON_A_SMALL_DISK, "sh"),
            *(str(self.folder), str(self.house.database), "full" if full else "empty"),
            *(sys.executable, "-c", HALL, str(self.house.config)),
        )

    @property
    def inside(self):
        return f"/proc/{self.house.hall.hall.process.pid}/root{self.folder}"

    def fill(self):
        with open(f"{self.inside}/waste", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                return

    def clear(self):
        os.unlink(f"{self.inside}/waste")


def test_a_disk_that_runs_full_stops_the_cash_and_loses_nothing(house):
    disk = SmallDisk(house)
    house.hall.start_devices()
    disk.starts_hall()
    house.hall.wait_ready()
    house.hall.open_day()
    visitor = house.screen()
    visitor.wait_for("idle", 10)
    card = house.hall.new_card("wang")
    house.hall.device("card-reader", f"insert {card}")
    visitor.wait_for("card", 15)
    visitor.touch("top_up")
    visitor.wait_for("choose")
    visitor.touch("amount", value=50)
    visitor.wait_for("quote")
    visitor.touch("pay")
    visitor.wait_for("paying")
    time.sleep(0.5)
    acceptor = house.hall.devices["note-acceptor"]
    acceptor.send("insert 20")
    visitor.wait_for(lambda view: bool(view.notes), 15)
    disk.fill()
    since = len(acceptor.events)
    deadline = time.monotonic() + 15
    while house.status()["cash_refusal"] != "disk_full" and time.monotonic() < deadline:
        # What is on the way when the disk fills up is given back: it could not be put on record before it was stacked.
        acceptor.send("insert 20")
        told = acceptor.wait_for(lambda event: event["event"] in ("returned", "stacked"), 8, since)
        assert told, "at once, and not when the escrow's own ten seconds are over"
        since = len(acceptor.events)
    assert house.status()["cash_refusal"] == "disk_full"
    in_box = acceptor.newest["in_box_fen"]
    acceptor.send("insert 20")
    assert acceptor.wait_for(lambda event: event["event"] in ("returned", "stacked"), 20, since)["event"] == "returned"
    assert "E-ST-04" in str(house.status()["storage"])
    disk.clear()
    house.until(lambda: house.status()["cash_refusal"] == "", "it goes on by itself")
    house.hall.device("card-reader", "pull")
    time.sleep(0.5)
    house.hall.device("card-reader", f"insert {card}")
    visitor.wait_for("confirm", 15)
    visitor.touch("confirm")
    visitor.wait_for("done", 20)
    assert acceptor.newest["in_box_fen"] == in_box
    audit = disk_audit(house, disk)
    assert audit["sound"], audit
    assert audit["cash_unit"] == in_box


def test_a_disk_that_fills_up_between_customers_is_noticed_and_forgotten(house):
    disk = SmallDisk(house)
    house.hall.start_device("note-acceptor")
    disk.starts_hall()
    house.until(lambda: os.path.exists(house.hall.socket), "the hall is up")
    disk.fill()
    house.until(lambda: house.status().get("storage") is not None, "the full disk is noticed")
    assert house.status()["cash_refusal"] == "disk_full"
    disk.clear()
    house.until(lambda: house.status().get("storage") is None, "and that there is room again")


def test_a_hall_started_on_a_full_disk_is_dark_and_ends_for_a_new_start_when_there_is_room(house):
    disk = SmallDisk(house)
    house.hall.start_device("note-acceptor")
    disk.starts_hall(full=True)
    goes_dark(house, "E-ST-04")
    assert not house.hall.hall_is_dead
    disk.clear()
    house.until(lambda: house.hall.hall_is_dead, "it ends")
    assert house.hall.hall.process.returncode == 1


def disk_audit(house, disk):
    from kiosk.app.audit import audit
    from storage.database import open_readonly
    from storage.ledger import Ledger

    copy = house.folder / "copy"
    copy.mkdir()
    for name in ("hall.sqlite3", "hall.sqlite3-wal"):
        if os.path.exists(f"{disk.inside}/{name}"):
            shutil.copy(f"{disk.inside}/{name}", copy / name)
    with open_readonly(copy / "hall.sqlite3") as database:
        return {**audit(database), "cash_unit": Ledger(database).balance("cash_unit:1")}
