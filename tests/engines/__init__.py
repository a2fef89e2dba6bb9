"""The jobs on real engines: Trino for Athena, a second DynamoDB, Spark on Hadoop's S3A."""
