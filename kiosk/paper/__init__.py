"""Papers as data: facts in, a `Document` out. Knows no printer, no journal and no clock.

What a paper says depends on nothing but its facts, so that one that is printed again from the same facts says the
same. Names and numbers of customers come in whole and are masked here (H12), so that no caller can forget it.
"""

from kiosk.paper.check import opening_check
from kiosk.paper.receipt import receipt
from kiosk.paper.report import report
from kiosk.paper.selftest import self_test
from kiosk.paper.slip import slip
from kiosk.paper.ticket import ticket

__all__ = ["opening_check", "receipt", "report", "self_test", "slip", "ticket"]
