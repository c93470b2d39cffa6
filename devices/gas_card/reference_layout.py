"""The reference layout: 256 bytes of an SLE4442 as one table of fields. docs/protocols/gas-card-reference-layout.md
is the same table for people.

    00-1F  the manufacturer's; never written
    20-3F  header: who the card belongs to
    40-5F  purchase slot A     60-7F  purchase slot B     written by the hall
    80-9F  report slot A       A0-BF  report slot B       written by the meter
    C0-FF  reserved

Of two slots the newer one counts if its commit mark and its CRC are right; the other one is the next to be written.
The commit mark makes that safe whatever value a half-programmed byte takes: it is taken away before the first byte
of a slot changes and set after the last one.
"""

from devices.gas_card.fields import Block, Field, FieldType

LAYOUT = "reference-1"
IMAGE_SIZE = 256
MAGIC = "GK"
VERSION = 1
COMMIT_MARK = 0xA5
MARK_AWAY = 0x00

_M3_HUNDREDTHS = "0.01 m³"

HEADER = Block(
    "header",
    (0x20,),
    (
        Field("magic", 0, 2, FieldType.ASCII, '"GK"'),
        Field("version", 2, 1, FieldType.U8, "1"),
        Field("region", 3, 2, FieldType.U16, "number of the company's region"),
        Field("card_class", 5, 1, FieldType.U8, "0 resident, 1 commercial"),
        Field("card_no", 6, 4, FieldType.BCD, "8 digits"),
        Field("customer_no", 10, 5, FieldType.BCD, "10 digits"),
        Field("meter_no", 15, 6, FieldType.BCD, "12 digits"),
        Field("reissue_count", 21, 1, FieldType.U8, "times replaced"),
        Field("reserved", 22, 8, FieldType.RESERVED),
        Field("crc", 30, 2, FieldType.CRC16),
    ),
)

PURCHASE = Block(
    "purchase slot",
    (0x40, 0x60),
    (
        Field("sequence", 0, 2, FieldType.U16, "number of the purchase; 0: none yet"),
        Field("volume", 2, 4, FieldType.U32, _M3_HUNDREDTHS),
        Field("previous_volume", 6, 4, FieldType.U32, _M3_HUNDREDTHS),
        Field("cumulative_purchased", 10, 4, FieldType.U32, _M3_HUNDREDTHS),
        Field("alarm", 14, 2, FieldType.U16, _M3_HUNDREDTHS),
        Field("ceiling", 16, 4, FieldType.U32, _M3_HUNDREDTHS),
        Field("overdraft", 20, 2, FieldType.U16, _M3_HUNDREDTHS),
        Field("sold_on", 22, 4, FieldType.DATE, "day of the sale"),
        Field("flags", 26, 1, FieldType.U8, "0"),
        Field("reserved", 27, 2, FieldType.RESERVED),
        Field("mark", 29, 1, FieldType.U8, "A5h: the slot is complete"),
        Field("crc", 30, 2, FieldType.CRC16),
    ),
)

REPORT = Block(
    "report slot",
    (0x80, 0xA0),
    (
        Field("count", 0, 2, FieldType.U16, "number of the report"),
        Field("accepted_sequence", 2, 2, FieldType.U16, "purchase that the meter took last"),
        Field("remaining", 4, 4, FieldType.I32, _M3_HUNDREDTHS),
        Field("cumulative_used", 8, 4, FieldType.U32, _M3_HUNDREDTHS),
        Field("status", 12, 1, FieldType.U8, "bit 0 valve closed, 1 battery low, 2 magnet, 3 cover opened"),
        Field("written_on", 13, 4, FieldType.DATE, "day by the meter's clock"),
        Field("reserved", 17, 12, FieldType.RESERVED),
        Field("mark", 29, 1, FieldType.U8, "A5h: the slot is complete"),
        Field("crc", 30, 2, FieldType.CRC16),
    ),
)

BLOCKS = (HEADER, PURCHASE, REPORT)
STATUS_VALVE_CLOSED = 0x01
STATUS_BATTERY_LOW = 0x02
STATUS_MAGNETIC_TAMPER = 0x04
STATUS_COVER_OPENED = 0x08
