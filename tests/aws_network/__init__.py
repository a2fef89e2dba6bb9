"""The domain package, part by part, without Spark."""
