"""What is wrong with a configuration, as a list: a person mends the file once, not once for each mistake."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """`file`: its path. `key`: dotted, with the rows of an array counted from 1 (`tariff[2].tiers[1].upto_m3`), `line
    7` where the file is not TOML, empty where the whole file is meant. `problem`: what is wrong and what is allowed,
    in plain words."""

    file: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.problem}" if self.key else f"{self.file}: {self.problem}"


class ConfigError(Exception):
    """A configuration that the hall does not start with. `problems` are all that were found, in the order of the
    file's description."""

    code: ClassVar[str] = "E-CF-01"

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([f"{self.code}: the configuration cannot be used", *map(str, self.problems)])
