"""Visiting a web site, page by page."""
