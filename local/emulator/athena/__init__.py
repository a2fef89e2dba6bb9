"""Athena on this machine: DuckDB runs the queries, over the objects that Glue's tables name.

query_executions  the patch of moto: starts a query, answers what became of it
query            one query, from the text of a statement to its rows or files
sql_translation  Athena's SQL as DuckDB runs it
tables           Glue tables and their partitions
partition_pruning  which partitions a query asks for
table_views      a view in DuckDB for each table of a query
object_cache     objects of S3, on the disk, as DuckDB reads them
errors           what went wrong, in Athena's words
"""
