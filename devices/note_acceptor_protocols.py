"""The protocols that a note acceptor may speak, by their names in configuration and on the command line."""

from collections.abc import Callable, Mapping

from drivers.ccnet.machine import CcnetMachine
from drivers.ict104.machine import Ict104Machine
from drivers.id003.machine import Id003Machine
from drivers.validator.machine import MachineOptions, ValidatorMachine

PROTOCOLS: Mapping[str, Callable[[MachineOptions], ValidatorMachine]] = {
    "ccnet": lambda options: CcnetMachine(),
    "ict104": lambda options: Ict104Machine(options.model),
    "id003": lambda options: Id003Machine(options.model),
}
"""Name -> maker of a new machine."""


def build_machine(protocol: str, options: MachineOptions | None = None) -> ValidatorMachine:
    """A new machine. Raises `KeyError` for a name that `PROTOCOLS` does not list."""
    return PROTOCOLS[protocol](options or MachineOptions())
