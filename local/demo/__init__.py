"""The demo account: a web shop in one region, and a month of its flow logs."""
