"""Bringing articles in from a folder of Markdown or HTML."""
