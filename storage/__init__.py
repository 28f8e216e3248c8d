"""What happened, and can it be proved: the ledger of events and what is exported from it."""
