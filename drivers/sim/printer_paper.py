"""The paper inside the virtual printer: what the head has put on it, line by line, until it is cut."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Cell:
    column: int
    columns: int
    text: str


@dataclass(slots=True)
class LineBuffer:
    """One line before it is printed. Positions in dots; `dots` is the head's width."""

    dots: int
    dots_per_column: int = 12
    position: int = 0
    height: int = 1
    align: int = 0
    cells: list[_Cell] = field(default_factory=list)

    def room_for(self, dots: int) -> bool:
        return self.position + dots <= self.dots

    def put(self, text: str, dots: int, height: int) -> None:
        column = self.position // self.dots_per_column
        self.cells.append(_Cell(column, max(1, dots // self.dots_per_column), text))
        self.position += dots
        self.height = max(self.height, height)

    @property
    def empty(self) -> bool:
        return not self.cells

    def text(self) -> str:
        """As one would read it: cells at their columns, blanks between them."""
        width = max((cell.column + cell.columns for cell in self.cells), default=0)
        spare = self.dots // self.dots_per_column - width
        reached = -{0: 0, 1: spare // 2, 2: spare}.get(self.align, 0)
        out = []
        for cell in self.cells:
            out.append(" " * (cell.column - reached))
            out.append(cell.text)
            reached = cell.column + cell.columns
        return "".join(out).rstrip()

    def clear(self) -> None:
        self.position = 0
        self.height = 1
        self.cells.clear()


@dataclass(slots=True)
class Paper:
    """The piece that hangs from the roll. `raw` is every byte that was executed since the last cut."""

    lines: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    length_mm: float = 0.0

    def text(self) -> str:
        return "\n".join(self.lines).rstrip("\n")
