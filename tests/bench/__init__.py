"""How fast it is, beside yardsticks: `python -m tests.bench`, printed as Markdown tables.

Every measurement is a process of its own, with its peak memory; what is compared is measured one
after the other in one run.
"""
