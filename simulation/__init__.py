"""A simulated AWS network that knows the truth: which rule let every logged conversation in.

It shares no code with the product, so that it can judge it.

network         groups, rules, interfaces, prefix lists
security        does a rule admit a request? slow and obvious
connections     what two ends say to each other, packet by packet
traffic         what flow logs see of it: records per interface and aggregation interval
formats         flow-log files as AWS delivers them
exports         the JSON that the AWS CLI prints
truth           per day and rule: the request records it admitted
random_network  networks of random shape with their traffic, by seed
"""
