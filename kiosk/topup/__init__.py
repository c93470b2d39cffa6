"""One customer's purchase: what is asked, what is paid, what goes on the card, and how each way out ends in the
ledger."""
