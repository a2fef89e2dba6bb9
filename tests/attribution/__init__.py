"""Flow records and an inventory in, counts per rule out: the real SQL and the real Spark code."""
