"""A paper as plain text: the same lines as on paper, for files, logs and tests."""

from devices.paper_layout import Line, layout
from devices.print_document import Document, Qr
from drivers.escpos.text import display_width


def lines(document: Document, columns: int | None = None) -> tuple[str, ...]:
    """One string a line, blanks for the gaps; a QR code is `[QR] data`, a picture its size."""
    out = []
    for row in layout(document, columns):
        if isinstance(row, Line):
            text, reached = "", 0
            for span in row.spans:
                text += " " * (span.column - reached) + span.text
                reached = span.column + display_width(span.text) * span.width
            out.append(text.rstrip())
        elif isinstance(row, Qr):
            out.append(f"[QR] {row.data}")
        else:
            out.append(f"[picture {row.stride * 8}x{row.height_dots}]")
    return tuple(out)


def text(document: Document, columns: int | None = None) -> str:
    """The lines with a line end after each."""
    return "".join(f"{line}\n" for line in lines(document, columns))
