"""The usage report: from usage values to the page, the mail and the CSV file.

Pure functions: nothing in here reads a table, a bucket or a clock.
"""
