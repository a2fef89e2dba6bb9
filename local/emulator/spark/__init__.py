"""Spark on this machine: its Java and settings, and the way by which it reads s3:// paths."""
