"""Hostile input at the places where the product reads."""
