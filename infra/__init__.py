"""The stack: one construct per concern, put together in stack.py."""
