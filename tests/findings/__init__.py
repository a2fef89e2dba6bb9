"""Findings, the plan made of them, and the proof that nothing observed is refused."""
