"""Flow logs: their formats, their objects in S3, the days they are delivered for."""
