"""Access to AWS: the lake in S3, DynamoDB, Athena, CloudWatch and the EC2 API."""
