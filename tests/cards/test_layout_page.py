"""The page for people and the table of the code are the same table."""

from pathlib import Path

from devices.card_reader import FAULTS
from devices.gas_card import reference_layout

PROTOCOLS = Path(__file__).parents[2] / "docs" / "protocols"


def rows(page: str, after: str) -> list[list[str]]:
    """The rows of the first table after a line that begins with `after`."""
    lines = (PROTOCOLS / page).read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(after))
    table = []
    for line in lines[start + 1 :]:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif table:
            break
    return table[2:]


def test_the_layout_page_has_every_field_of_the_code_and_no_other() -> None:
    for block in reference_layout.BLOCKS:
        addresses = ", ".join(f"{address:02X}" for address in block.addresses)
        expected = [
            [field.name, str(field.offset), str(field.size), field.type.value, field.scale] for field in block.fields
        ]
        assert rows("gas-card-reference-layout.md", f"### {block.name} ({addresses})") == expected


def test_the_reader_page_has_every_fault() -> None:
    table = rows("sle4442.md", "## Faults")
    assert [row[0] for row in table] == list(FAULTS)
    for code, text, mended_by in table:
        assert FAULTS[code][2].startswith(text)
        assert mended_by.startswith(FAULTS[code][1].value)
