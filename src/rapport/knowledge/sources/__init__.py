"""Texts from elsewhere: web sites that are crawled, files and snippets."""
