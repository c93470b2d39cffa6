"""Waiting times: none before there is something to go by, then QL with shrunk means."""

from dataclasses import replace

import pytest

from ticketing.line import Line, ServiceObservation, confirm_printed, reserve
from ticketing.waiting import PRIOR_WEIGHT, SERVICES_SEEN_MIN, WaitEstimate, estimate, mean_service_ms


def seen(line: Line, *runs: tuple[str, int, int, bool]) -> Line:
    observations = tuple(
        ServiceObservation(service, duration_ms, priority)
        for service, duration_ms, count, priority in runs
        for _ in range(count)
    )
    return replace(line, observations=observations)


def waiting(line: Line, count: int) -> Line:
    for index in range(count):
        step = reserve(line, "top_up", 0, request_id=str(index))
        assert step.ticket is not None
        line = confirm_printed(step.line, step.ticket.number, 0).line
    return line


def test_nothing_is_quoted_before_twenty_services_have_been_seen(line: Line) -> None:
    line = waiting(line, 1)
    assert estimate(seen(line, ("top_up", 180_000, SERVICES_SEEN_MIN - 1, False)), "A001", 1) is None
    assert estimate(seen(line, ("top_up", 180_000, SERVICES_SEEN_MIN, False)), "A001", 1) is not None


@pytest.mark.parametrize(("windows_open", "expected_ms"), [(1, 720_000), (2, 360_000), (3, 240_000)])
def test_the_quote_is_the_queue_times_the_mean_over_the_open_windows(
    line: Line, windows_open: int, expected_ms: int
) -> None:
    line = seen(waiting(line, 4), ("top_up", 180_000, 30, False))
    quoted = estimate(line, "A004", windows_open)
    assert quoted is not None
    assert quoted.expected_ms == expected_ms


def test_without_an_open_window_nothing_is_quoted(line: Line) -> None:
    line = seen(waiting(line, 1), ("top_up", 180_000, 30, False))
    assert estimate(line, "A001", 0) is None
    assert estimate(line, "Z001", 1) is None


def test_a_rare_service_leans_on_the_mean_of_all(line: Line) -> None:
    line = seen(line, ("top_up", 100_000, 60, False), ("bills", 400_000, 20, False))
    overall = 175_000
    assert mean_service_ms(line, "bills") == (20 * 400_000 + PRIOR_WEIGHT * overall + 30) // (20 + PRIOR_WEIGHT)
    assert mean_service_ms(line, "never seen") == overall


def test_a_normal_ticket_waits_for_the_priority_customers_to_come(line: Line) -> None:
    line = waiting(line, 1)
    alone = estimate(seen(line, ("top_up", 180_000, 40, False)), "A001", 1)
    shared = estimate(seen(line, ("top_up", 180_000, 30, False), ("top_up", 180_000, 10, True)), "A001", 1)
    assert alone is not None
    assert shared is not None
    assert shared.expected_ms == alone.expected_ms * 4 // 3


@pytest.mark.parametrize(
    ("expected_ms", "high_ms", "band"),
    [(0, 0, (0, 5)), (60_000, 240_000, (0, 5)), (600_000, 900_000, (10, 15)), (610_000, 901_000, (10, 20))],
)
def test_the_band_is_in_whole_five_minutes(expected_ms: int, high_ms: int, band: tuple[int, int]) -> None:
    assert WaitEstimate(expected_ms, high_ms).band_min() == band
