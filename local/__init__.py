"""The same stack on one machine: moto with its holes filled. No other folder knows it exists."""
