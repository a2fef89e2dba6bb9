"""Glue on this machine: a job run is a process, started as Glue would start it."""
