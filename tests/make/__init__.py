"""Factories: rows with sensible values, one module per room. Say only what the test is about."""
