"""What `gashall try printer` says of one event of a printer."""

from devices.printing import PaperRetracted, PaperSupplyChanged, PaperTaken, PrintFinished
from devices.status import HealthReport, StatusChanged


def describe(event: object) -> dict[str, str | bool | None]:
    """One JSON object. `outcome` and `proof` stand in the last word on a paper, `status` and `code` in a status."""
    if isinstance(event, PrintFinished):
        return {
            "event": "finished",
            "job": event.job_id,
            "outcome": event.outcome.value,
            "proof": event.proof.value,
            "cut": event.cut,
            "detail": event.detail,
        }
    if isinstance(event, StatusChanged):
        return {
            "event": "status",
            "status": event.status.value,
            "code": event.fault.code if event.fault else None,
            "action": event.fault.action.value if event.fault else None,
            "detail": event.fault.detail if event.fault else "",
        }
    if isinstance(event, PaperSupplyChanged):
        return {"event": "paper", "supply": event.supply.value}
    if isinstance(event, PaperTaken):
        return {"event": "taken", "job": event.job_id}
    if isinstance(event, PaperRetracted):
        return {"event": "retracted", "job": event.job_id}
    if isinstance(event, HealthReport):
        return {"event": "health", "ok": event.ok, "detail": event.text}
    return {"event": type(event).__name__}
