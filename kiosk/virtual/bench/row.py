"""One line of the table of measurements, and the arithmetic on samples that all of them share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, beside a reference that was measured in the same run or that a manual gives.

    `ratio` is value over reference. `goal` is in words, `met` whether it is reached; both are absent where there is
    none. `detail` holds the rest: number of samples, percentiles, conditions.
    """

    name: str
    value: float
    unit: str
    reference_name: str
    reference: float
    goal: str | None = None
    met: bool | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return None if self.reference == 0 else self.value / self.reference

    def as_json(self) -> dict[str, Any]:
        ratio = self.ratio
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "reference": {"name": self.reference_name, "value": round(self.reference, 3)},
            "ratio": None if ratio is None else round(ratio, 3),
            "goal": self.goal,
            "met": self.met,
            "detail": self.detail,
        }


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (0 to 1) of all samples do not exceed: always a value that was
    measured."""
    ordered = sorted(samples)
    rank = -(-int(share * 1000) * len(ordered) // 1000)
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def summary(samples: Sequence[float]) -> dict[str, Any]:
    """How many there were, and how they are spread."""
    return {
        "samples": len(samples),
        "min": round(min(samples), 3),
        "p50": round(percentile(samples, 0.5), 3),
        "p95": round(percentile(samples, 0.95), 3),
        "p99": round(percentile(samples, 0.99), 3),
        "max": round(max(samples), 3),
    }
