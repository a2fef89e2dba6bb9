"""Security group rules, network interfaces and flow records, and which rule admitted which flow.

Knows nothing of Glue, CDK or the machine it runs on.
"""
