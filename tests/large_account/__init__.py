"""A large account of any size with its flow logs, for the benchmark and the reliability tests."""
