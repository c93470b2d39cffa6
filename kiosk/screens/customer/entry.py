"""A whole number being typed on a keypad."""

from dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """`digits` never gets longer than the greatest allowed value, and never starts with a zero unless zero itself is
    allowed.
    """

    value_min: int
    value_max: int
    digits: str = ""

    @property
    def value(self) -> int | None:
        return int(self.digits) if self.digits else None

    @property
    def in_range(self) -> bool:
        return self.value is not None and self.value_min <= self.value <= self.value_max

    @property
    def out_of_range(self) -> bool:
        """Something has been typed that cannot be sent as it stands, nor become right by typing on."""
        if self.value is None or self.in_range:
            return False
        return self.value > self.value_max or len(self.digits) >= len(str(self.value_min))

    def press(self, digit: int) -> None:
        if self.digits == "0":
            self.digits = ""
        if len(self.digits) < len(str(self.value_max)):
            self.digits += str(digit)
        if self.digits == "0" and self.value_min > 0:
            self.digits = ""

    def erase(self) -> None:
        self.digits = self.digits[:-1]

    def clear(self) -> None:
        self.digits = ""
