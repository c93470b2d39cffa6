"""The words in which every device of the hall speaks of itself.

Status and error × action follow XFS4IoT (Common.Status, ErrorEvent); check levels follow UPOS (CheckHealth).
"""

from dataclasses import dataclass
from enum import StrEnum


class DeviceStatus(StrEnum):
    """XFS4IoT Common.Status."""

    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "powerOff"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    USER_ERROR = "userError"
    DEVICE_BUSY = "deviceBusy"
    FRAUD_ATTEMPT = "fraudAttempt"
    POTENTIAL_FRAUD = "potentialFraud"
    STARTING = "starting"


class Action(StrEnum):
    """Who can mend it (XFS4IoT ErrorEvent)."""

    NONE = "none"
    CLEAR = "clear"
    """Hall staff: take the note out, fill the paper, close the cover."""
    MAINTENANCE = "maintenance"
    """The technician."""
    RESET = "reset"
    """A reset or a power cycle of the device, which the hall may do itself."""
    CONFIGURATION = "configuration"
    SUSPEND = "suspend"
    """Suspected fraud: take the device out of use and look."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one device: a stable code (`E-NA-03`), who mends it, and the device's own words."""

    code: str
    action: Action
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A device's status or fault is another than before. `fault` is `None` when nothing is wrong."""

    device: str
    status: DeviceStatus
    fault: Fault | None = None


class CheckLevel(StrEnum):
    """UPOS CheckHealth: the device alone, its moving parts too, or with a person's help."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What a health check found: `ok` decides whether the hall may use the device, `text` is for the log and the
    technician."""

    device: str
    level: CheckLevel
    ok: bool
    text: str
    fault: Fault | None = None
