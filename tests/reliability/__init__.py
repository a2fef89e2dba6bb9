"""What faults do to a run: jobs killed at their calls to AWS, calls that fail, days at random."""
