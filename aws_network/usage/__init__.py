"""How often each rule was used: a day's counts, the window over days, the status of a rule."""
