"""Which rules admitted which flows."""
