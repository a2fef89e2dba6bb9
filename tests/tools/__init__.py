"""The tools that a person runs by hand."""
