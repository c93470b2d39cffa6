"""A made-up hall for demonstration, tests and measurements: its configuration, its customers, their cards.

Nobody in it exists. The key is made up too, and is worth nothing outside.
"""

import os
from datetime import date
from pathlib import Path

from drivers.sim import gas_meter
from storage.database import open_database
from storage.registers import CardHolder, CardState, Customer, CustomerKind, Inlet, Meter, Registers

KEY = gas_meter.VIRTUAL_MASTER_KEY
REGION = 1
TERMINAL = "T01"

CARD = "00001001"
CUSTOMER = "1000000001"
METER = "202600000001"
DEBTOR_CARD, DEBTOR, DEBTOR_METER = "00001002", "1000000002", "202600000002"

CUSTOMERS = (
    Customer(CUSTOMER, "王小明", "幸福路12号3幢2单元501室", "13800005678", CustomerKind.RESIDENT, 3, 0, "", False),
    Customer(
        DEBTOR,
        "阿卜杜拉·艾合买提",
        "解放街8号1幢101室",
        "13800004321",
        CustomerKind.RESIDENT,
        5,
        12850,
        "灶具软管老化",
        False,
    ),
)
METERS = (
    Meter(METER, CUSTOMER, "G2.5", Inlet.LEFT, date(2024, 5, 1), 28000),
    Meter(DEBTOR_METER, DEBTOR, "G2.5", Inlet.RIGHT, date(2021, 3, 9), 0),
)
CARDS = (
    CardHolder(CARD, CUSTOMER, METER, CardState.ACTIVE, 0),
    CardHolder(DEBTOR_CARD, DEBTOR, DEBTOR_METER, CardState.ACTIVE, 0),
)

_CONFIG = """\
[hall]
id = "demo"
terminal = "{terminal}"
name_zh = "城东燃气营业厅"
name_en = "East Town Gas Hall"
service_phone = "0571-96777"
region = {region}
opens = "08:30"
closes = "17:30"

[storage]
database = "{folder}/hall.sqlite3"
disk_free_mib_min = 16

[link]
socket = "{folder}/hall.sock"

[note_acceptor]
port = "{folder}/note-acceptor"

[card_reader]
key_file = "{folder}/card.key"

[receipt_printer]
port = "{folder}/receipt-printer"

[ticket_dispenser]
port = "{folder}/ticket-dispenser"

[limits]
per_visit_yuan_max = 2000
per_visit_m3_max = 500
card_capacity_m3_max = 999
overpay_yuan_max = 50
notes_max = 60

[timeouts]
{timeouts}

[policy]
arrears = "warn"

[presets]
amounts_yuan = [50, 100, 200, 300, 500]
volumes_m3 = [10, 20, 50, 100]

[[tariff]]
id = "resident-2026"
name_zh = "居民用气"
name_en = "Residential"
kind = "resident"
valid_from = 2026-01-01
tiers = [
  {{ upto_m3 = 300, price_fen_per_m3 = 240 }},
  {{ upto_m3 = 500, price_fen_per_m3 = 288 }},
  {{ price_fen_per_m3 = 360 }},
]

[[notice]]
title_zh = "用气安全"
body_zh = "使用燃气时请保持通风，用完请关闭灶前阀。软管每十八个月更换一次。"
title_en = "Gas safety"
body_en = "Keep the room aired while you use gas and close the valve afterwards. Renew the hose every 18 months."
valid_from = 2026-01-01
valid_to = 2099-12-31

[[service]]
id = "top-up"
prefix = "A"
name_zh = "购气充值"
name_en = "Buy gas"

[[service]]
id = "cards"
prefix = "B"
name_zh = "开户补卡"
name_en = "Accounts and cards"

[[service]]
id = "repairs"
prefix = "C"
name_zh = "报修投诉"
name_en = "Repairs and complaints"

[[window]]
id = "1"
name_zh = "1号窗口"
name_en = "Window 1"

[[window]]
id = "2"
name_zh = "2号窗口"
name_en = "Window 2"
"""


def write_hall(folder: Path, **timeouts: float) -> Path:
    """Makes the hall's folder: configuration, key, database with its registers. Returns the configuration's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(f"{name} = {value}" for name, value in timeouts.items())
    config = folder / "gashall.toml"
    config.write_text(_CONFIG.format(folder=folder.resolve(), terminal=TERMINAL, region=REGION, timeouts=lines))
    key = folder / "card.key"
    key.unlink(missing_ok=True)
    descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(KEY.hex())
    with open_database(folder / "hall.sqlite3", terminal_id=TERMINAL) as database:
        Registers(database).put(*CUSTOMERS, *METERS, *CARDS, wall_us=0)
    return config
