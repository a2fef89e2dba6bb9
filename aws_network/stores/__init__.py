"""Where results are kept: the lake, DynamoDB, CloudWatch. The only folder that calls AWS."""
