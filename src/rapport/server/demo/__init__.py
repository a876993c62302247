"""A workspace that looks like a real shop's Tuesday, made by code from a seed."""
