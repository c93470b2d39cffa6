"""A hall with two services and a day that has begun."""

from datetime import date

import pytest

from ticketing.line import CallingRules, Line, Service, begin_day

TOP_UP = Service("top_up", "A", "购气充值", "Buy gas")
BILLS = Service("bills", "B", "交费对账", "Bills", priority_allowed=False)


@pytest.fixture
def line() -> Line:
    rules = CallingRules(priority_in_a_row_max=2, recall_interval_ms_min=10_000, recalls_max=2, reinstate_behind=3)
    return begin_day(Line((TOP_UP, BILLS), rules), date(2026, 11, 23), 0).line
