"""Attribution judged by simulated networks that know the truth."""
