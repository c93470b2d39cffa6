"""A short run of all measurements: each gives its rows, and each row says all that a reader needs. Not how fast
anything is."""

import json
import subprocess
import sys
from typing import Any

import pytest

FIELDS = {"name", "value", "unit", "reference", "ratio", "goal", "met", "detail"}
ROWS = {
    "escrow report to STACK, p50",
    "escrow report to STACK, p99",
    "whole visit, added to the devices' own time",
    "whole visit, prescribed waits counted too",
    "hall start to ready, 500 records",
    "kill to ready again, 500 records",
    "switch-on to ready, 500 records",
    "screen, process start to first frame",
    "touch to frame, p95",
    "idle CPU of hall and screen",
    "commits a second, one order",
}
GOALS = 8
"""Rows that a goal is set for."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("b")
    run = subprocess.run(
        [sys.executable, "-m", "kiosk.virtual.bench", "--quick", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:] + run.stdout[-1000:]
    found: dict[str, Any] = json.loads((out / "bench.json").read_text(encoding="utf-8"))
    found["printed"] = run.stdout
    found["left_behind"] = [path.name for path in out.iterdir() if path.is_dir()]
    return found


@pytest.mark.wire
@pytest.mark.xdist_group("bench")
class TestQuickRun:
    def test_every_measurement_gives_its_rows(self, result: dict[str, Any]) -> None:
        assert {row["name"] for row in result["rows"]} == ROWS
        assert result["failed"] == {}

    def test_every_row_is_whole(self, result: dict[str, Any]) -> None:
        for row in result["rows"]:
            assert set(row) == FIELDS
            assert row["value"] > 0
            assert row["reference"]["value"] > 0
            assert row["ratio"] == pytest.approx(row["value"] / row["reference"]["value"], rel=0.02, abs=0.002)
            assert (row["goal"] is None) == (row["met"] is None)

    def test_every_goal_is_judged(self, result: dict[str, Any]) -> None:
        assert sum(row["goal"] is not None for row in result["rows"]) == GOALS

    def test_the_table_shows_every_row(self, result: dict[str, Any]) -> None:
        for name in ROWS:
            assert name in result["printed"]

    def test_no_device_complains_and_none_is_lost(self, result: dict[str, Any]) -> None:
        details = [row["detail"] for row in result["rows"]]
        assert [text for detail in details for text in detail.get("violations", [])] == []
        assert [name for detail in details for name in detail.get("devices_lost", [])] == []

    def test_every_note_was_timed(self, result: dict[str, Any]) -> None:
        row = next(row for row in result["rows"] if row["name"] == "escrow report to STACK, p99")
        assert row["detail"]["samples"] == 3
        assert row["value"] >= row["reference"]["value"]

    def test_a_visit_is_the_devices_time_and_what_was_added(self, result: dict[str, Any]) -> None:
        row = next(row for row in result["rows"] if row["name"].startswith("whole visit, added"))
        whole_s = row["detail"]["visit_s"]["p50"]
        assert row["value"] + row["reference"]["value"] == pytest.approx(whole_s, abs=0.01)

    def test_it_says_on_what_machine_it_was_measured(self, result: dict[str, Any]) -> None:
        assert {"system", "python", "cores", "file_system", "graphics", "load"} <= set(result["machine"])
        assert result["quick"] is True

    def test_it_leaves_no_folder_behind(self, result: dict[str, Any]) -> None:
        assert result["left_behind"] == []
