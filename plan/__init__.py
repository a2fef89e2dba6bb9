"""A plan: which rules to remove or narrow, why, how to do it, and how to undo it.

Pure: values in, text out. Nothing here calls AWS; people review what it prints, and run it.
"""
