"""What survives a power cut: the database, the journal, the ledger and the registers. Imports nothing of ours."""
